// Stands in for a worker that cannot even start.
throw new Error('this module cannot be loaded');
