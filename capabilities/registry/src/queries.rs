//! Every read of registry: lists, views, reports; bounded, and filtered by the reader's scope.
