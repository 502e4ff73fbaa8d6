//! The store's stories, each told on SQLite and, where `MULIN_TEST_POSTGRES` names a server, on PostgreSQL.

mod archive;
mod background;
mod checks;
mod desk;
mod house;
mod kept;
mod killed;
mod migrating;
mod rows;
mod side_by_side;
mod trouble;
