---@meta _
-- `rover`: what a program makes its server, its data and its pages with.

--- What programs of Rover have besides Lua's library.
---@class rover
--- Variables of the environment: `rover.env.NAME` is a text or `nil`, and `rover.env { NAME = schema }` checks them at the start.
---@field env rover.Env
--- Makes schemas, and checks a value against one: `rover.guard(value, schema)`.
---@field guard rover.Guard
--- Makes pages: `rover.html(data) [[...]]`; functions in it are components, called by their name in every template.
---@field html rover.Html
--- JSON's `null`.
---@field null rover.Null
rover = {}

--- Marks a table as a list, so that it is `[]` in JSON where it is empty.
---@param list? table
---@return table
function rover.array(list) end

--- Makes the program's server, which the manifest defines its routes on and returns.
---@param options? rover.Options
---@return rover.Server
function rover.server(options) end

--- A template in a file beside the manifest: a function from data to a safe value.
---@param path string
---@return fun(data: table): rover.SafeHtml
function rover.template(path) end

--- JSON for values and texts of the program's own.
---@class rover.Json
rover.json = {}

--- The value that a text in JSON stands for.
---@param text string
---@return any
function rover.json.decode(text) end

--- A value as a text in JSON.
---@param value any
---@return string
function rover.json.encode(value) end

--- Writes to the server's log, with the request's id.
---@class rover.Log
rover.log = {}

--- Writes a line of the level `debug`.
---@param message any
---@param fields? table<string, any>
function rover.log.debug(message, fields) end

--- Writes a line of the level `error`.
---@param message any
---@param fields? table<string, any>
function rover.log.error(message, fields) end

--- Writes a line of the level `info`.
---@param message any
---@param fields? table<string, any>
function rover.log.info(message, fields) end

--- Writes a line of the level `warn`.
---@param message any
---@param fields? table<string, any>
function rover.log.warn(message, fields) end

--- JSON's `null`, of which there is one.
---@class rover.Null

--- HTML that is not escaped again where HTML stands.
---@class rover.SafeHtml

--- What `rover.html` is: called with data it waits for a template, called with a text it takes that as it is.
---@class rover.Html
---@overload fun(data: table): fun(template: string): rover.SafeHtml
---@overload fun(text: string): rover.SafeHtml
---@field [string] fun(props: any): any

--- What `rover.env` is: it gives the text of a variable by its name; called with schemas at the top level of a file, it gives a table of checked values.
---@class rover.Env
---@overload fun(variables: table<string, rover.Schema|table>): table<string, any>
---@field [string] string?

--- What `rover.guard` is: it makes schemas of a type, and checks a value when it is called.
---@class rover.Guard
---@overload fun(value: any, schema: rover.Schema|table): any
local Guard = {}

--- A text.
---@also str
---@return rover.Schema
function Guard:string() end

--- A number.
---@return rover.Schema
function Guard:number() end

--- A number without a fraction; `3.0` is one.
---@also int
---@return rover.Schema
function Guard:integer() end

--- `true` or `false`.
---@also bool
---@return rover.Schema
function Guard:boolean() end

--- A list of elements that pass a schema, or of any.
---@also list
---@param element? rover.Schema|table
---@return rover.Schema
function Guard:array(element) end

--- A table with these fields; others are dropped.
---@also map
---@param fields table<string, rover.Schema|table>
---@return rover.Schema
function Guard:object(fields) end

--- A value of any type.
---@return rover.Schema
function Guard:any() end

--- A schema: its options give another schema and leave it as it is.
---@class rover.Schema
local Schema = {}

--- The value must be there; the message is said where it is not.
---@param message? string
---@return rover.Schema
function Schema:required(message) end

--- What stands in for an absent value; it must fit the schema.
---@param value any
---@return rover.Schema
function Schema:default(value) end

--- A text is one of these.
---@also one_of oneof
---@param values string[]
---@return rover.Schema
function Schema:enum(values) end

--- The least number, or the least length of a text or a list.
---@also minimum
---@param n number
---@return rover.Schema
function Schema:min(n) end

--- The greatest number, or the greatest length of a text or a list.
---@also maximum
---@param n number
---@return rover.Schema
function Schema:max(n) end

--- The characters of a text or the elements of a list: exactly so many, or from one number to another.
---@also length
---@param least integer?
---@param most? integer
---@return rover.Schema
function Schema:len(least, most) end

--- A Lua pattern is found in the text.
---@also regex
---@param pattern string
---@return rover.Schema
function Schema:pattern(pattern) end

--- The text is an email address, a UUID, a date and time of RFC 3339, or an absolute URI.
---@param format "email"|"uuid"|"date-time"|"uri"
---@return rover.Schema
function Schema:format(format) end

--- `null` is `rover.null`; without this a field that is `null` is absent.
---@return rover.Schema
function Schema:nullable() end
