---@meta _
-- `rover.db`: a database by SQL.

--- Opens a database: a text such as `"sqlite:app.db"`, `"sqlite::memory:"` or `"postgres://user:password@host/name"`. It stands at the top level.
---@needs sql
---@param url string
---@param options? rover.DatabaseOptions
---@return rover.Database
function rover.db(url, options) end

--- A database, or in a transaction that transaction. Values are given beside the SQL, for the places `$1`, `$2`, or in one table for places such as `:name`.
---@class rover.Database
local Database = {}

--- All rows of a query, as a list.
---@waits
---@needs sql
---@param sql string
---@param ... any
---@return rover.Row[]
function Database:all(sql, ...) end

--- The first row of a query; `nil` where there is none.
---@waits
---@needs sql
---@param sql string
---@param ... any
---@return rover.Row?
function Database:one(sql, ...) end

--- The first value of a query's first row; `nil` where there is none.
---@waits
---@needs sql
---@param sql string
---@param ... any
---@return any
function Database:value(sql, ...) end

--- Runs a statement: how many rows it changed, and the number of the row that it added last.
---@waits
---@needs sql
---@param sql string
---@param ... any
---@return rover.Executed
function Database:exec(sql, ...) end

--- Goes through the rows of a query, which are not all held at once: `for row in db:each(sql) do`.
---@waits
---@needs sql
---@param sql string
---@param ... any
---@return fun(): rover.Row?
function Database:each(sql, ...) end

--- Adds a row, or a list of rows, to a table. With `returning` it gives what is asked for of each.
---@waits
---@needs sql
---@param into string
---@param values table
---@param options? rover.InsertOptions
---@return any
function Database:insert(into, values, options) end

--- Changes the rows of a table whose columns have the values of `where`.
---@waits
---@needs sql
---@param of string
---@param values table
---@param where table
---@param options? rover.InsertOptions
---@return any
function Database:update(of, values, where, options) end

--- Removes the rows of a table whose columns have the values of `where`.
---@waits
---@needs sql
---@param from string
---@param where table
---@param options? rover.InsertOptions
---@return any
function Database:delete(from, where, options) end

--- Adds a row, or changes the one that has the same values in the columns `on`.
---@waits
---@needs sql
---@param into string
---@param values table
---@param options rover.UpsertOptions
---@return any
function Database:upsert(into, values, options) end

--- Calls a function with a transaction: all that it does by it is kept when it returns, and nothing when it raises an error. Gives what the function returns.
---@waits
---@needs sql
---@param fn fun(tx: rover.Transaction): any ...
---@param options? rover.TransactionOptions
---@return any ...
function Database:transaction(fn, options) end

--- What the function of `db:transaction` is given: a database whose statements belong together. A transaction in it is a part that can be taken back alone.
---@class rover.Transaction : rover.Database

--- A row: its columns by their names. `NULL` is `nil`; in JSON the columns stand in the query's order, `NULL` as `null`.
---@class rover.Row
---@field [string] any

--- What a statement has done.
---@class rover.Executed
--- How many rows were added, changed or removed.
---@field rows integer
--- The number of the row that was added last, where the database tells it.
---@field last_id? integer

--- The options of a database. Times are seconds or texts such as `"250ms"`.
---@class rover.DatabaseOptions
--- How many connections the whole process makes.
---@also pool_size max pool
---@default 10
---@field max_connections? integer
--- How long a statement waits for its turn; an error of the kind `"pool"` after it.
---@also acquire_timeout pool_timeout
---@default "5s"
---@field timeout? number|string
--- How long a statement may run; an error of the kind `"timeout"` after it, 0 for any.
---@default "30s"
---@field statement_timeout? number|string
--- How long a query takes that is logged as slow; 0 for never.
---@default "200ms"
---@field slow_query? number|string
--- The folder of the migrations, beside the manifest; a table has one for each kind of database.
---@field migrations? string|rover.DatabaseMigrations
--- Whether statements are prepared once for each connection of PostgreSQL; `false` where a proxy such as PgBouncer gives each statement another one.
---@default true
---@field prepare? boolean
--- How the other side's certificate is checked.
---@field tls? rover.HttpTls

--- Folders of migrations by the kind of database.
---@class rover.DatabaseMigrations
--- Those for SQLite.
---@field sqlite? string
--- Those for PostgreSQL.
---@field postgres? string

--- What `db:insert`, `db:update` and `db:delete` may give.
---@class rover.InsertOptions
--- The columns that are given back of each row: `"*"`, a name, or names with commas.
---@field returning? string

--- How `db:upsert` finds the row that is there.
---@class rover.UpsertOptions : rover.InsertOptions
--- The columns that are unique together: a name, or a list.
---@field on string|string[]
--- The columns that are changed: a list; empty for none.
---@default all others
---@field update? string[]

--- The options of a transaction.
---@class rover.TransactionOptions
--- How often it is tried again where it has come into another's way.
---@also retries
---@default 0
---@field retry? integer
--- How much it sees of others: `"read committed"`, `"repeatable read"`, `"serializable"`. SQLite's are always serializable.
---@field isolation? string
