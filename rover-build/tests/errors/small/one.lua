return { limit: 1 }
