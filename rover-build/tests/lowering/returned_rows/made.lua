return rover.db "sqlite::memory:"
