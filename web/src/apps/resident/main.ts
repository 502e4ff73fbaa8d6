// The resident entry: finds the data-… hooks of the page and lets each module enhance its own. Without it every page still works.
export {};
