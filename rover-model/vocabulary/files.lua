---@meta _
-- Files below the folders that the option `files` names: `rover.fs`, and Lua's own `io`.

--- Files below the folders that the option `files` names. What is not there is `nil` or `false`; other failures are raised, with a `kind`.
---@class rover.Fs
rover.fs = {}

--- All bytes of a file; `nil` where there is none.
---@waits
---@needs files
---@param path string
---@return string?
function rover.fs.read(path) end

--- Puts a text into a file in place of all that is in it; readers see the old one or the new one.
---@waits
---@needs files
---@param path string
---@param text string
function rover.fs.write(path, text) end

--- Adds a text to the end of a file.
---@waits
---@needs files
---@param path string
---@param text string
function rover.fs.append(path, text) end

--- The names in a folder, in the order of letters; `nil` where there is none.
---@waits
---@needs files
---@param path string
---@return string[]?
function rover.fs.list(path) end

--- What is known of a file or a folder; `nil` where there is none.
---@waits
---@needs files
---@param path string
---@return rover.FileInfo?
function rover.fs.stat(path) end

--- Removes a file or an empty folder: `false` where there was none.
---@waits
---@needs files
---@param path string
---@return boolean
function rover.fs.remove(path) end

--- Gives a file or a folder another name, in place of a file that has it.
---@waits
---@needs files
---@param from string
---@param to string
function rover.fs.rename(from, to) end

--- Makes a folder and those around it: `false` where it was there.
---@waits
---@needs files
---@param path string
---@return boolean
function rover.fs.make_dir(path) end

--- Whether there is a file or a folder.
---@waits
---@needs files
---@param path string
---@return boolean
function rover.fs.exists(path) end

--- Goes through a file part by part: `for part in rover.fs.chunks(path) do`.
---@waits
---@needs files
---@param path string
---@param size? integer
---@return fun(): string?
function rover.fs.chunks(path, size) end

--- What is known of a file or a folder.
---@class rover.FileInfo
--- What it is.
---@field type "file"|"folder"|"other"
--- Its bytes.
---@field size integer
--- When it was last written, in Unix seconds.
---@field modified number

--- Lua's files, below the folders that the option `files` names; what fails gives `nil`, a message and a number.
---@class iolib
io = {}

--- Closes a file, or the one that `io.output` has set.
---@waits
---@needs files
---@param file? rover.File
---@return boolean?
---@return string? message
---@return integer? code
function io.close(file) end

--- Writes out what is kept back for the file that `io.output` has set.
---@waits
---@needs files
---@unless io.output write to the log: `print(message)`, `rover.log.error(message)`
---@return boolean?
---@return string? message
---@return integer? code
function io.flush() end

--- The file that `io.read` reads; with a name or a file it becomes that one.
---@waits
---@needs files
---@param file? string|rover.File
---@return rover.File
function io.input(file) end

--- Goes through the lines of a file and closes it: `for line in io.lines(path) do`.
---@waits
---@needs files
---@param path? string
---@param ... string|number
---@return fun(): string?
function io.lines(path, ...) end

--- Opens a file: for reading, or with a mode of `"r" "w" "a" "r+" "w+" "a+"`, to which a `b` may be added.
---@waits
---@needs files
---@param path string
---@param mode? string
---@return rover.File?
---@return string? message
---@return integer? code
function io.open(path, mode) end

--- The file that `io.write` writes; with a name or a file it becomes that one.
---@waits
---@needs files
---@param file? string|rover.File
---@return rover.File
function io.output(file) end

--- Reads from the file that `io.input` has set, as a file's `read` does.
---@waits
---@needs files
---@unless io.input a server has no standard input: a request's body is `ctx:body()`
---@param ... string|number
---@return string|number|nil ...
function io.read(...) end

--- Opens a file without a name, which is gone when it is closed.
---@waits
---@needs files
---@return rover.File?
---@return string? message
---@return integer? code
function io.tmpfile() end

--- What a value is: `"file"`, `"closed file"`, or `nil` where it is no file.
---@param value any
---@return string?
function io.type(value) end

--- Writes to the file that `io.output` has set, as a file's `write` does.
---@waits
---@needs files
---@unless io.output write to the log: `print(message)`; what a handler returns is the answer
---@param ... string|number
---@return rover.File?
---@return string? message
---@return integer? code
function io.write(...) end

--- A file that is open.
---@class rover.File
local File = {}

--- Closes the file.
---@waits
---@needs files
---@return boolean?
---@return string? message
---@return integer? code
function File:close() end

--- Writes out what is kept back.
---@waits
---@needs files
---@return boolean?
---@return string? message
---@return integer? code
function File:flush() end

--- Goes through the lines of the file from where it is.
---@waits
---@needs files
---@param ... string|number
---@return fun(): string?
function File:lines(...) end

--- Reads a line (`"*l"`), a number (`"*n"`), all that is left (`"*a"`) or so many bytes; `nil` at the end.
---@waits
---@needs files
---@param ... string|number
---@return string|number|nil ...
function File:read(...) end

--- Goes to a place, counted from `"set"`, `"cur"` or `"end"`, and gives where that is.
---@waits
---@needs files
---@param whence? "set"|"cur"|"end"
---@param offset? integer
---@return integer?
---@return string? message
---@return integer? code
function File:seek(whence, offset) end

--- Says how much is kept back before it is written: `"no"`, `"full"` or `"line"`.
---@param mode "no"|"full"|"line"
---@param size? integer
---@return boolean?
function File:setvbuf(mode, size) end

--- Writes texts and numbers.
---@waits
---@needs files
---@param ... string|number
---@return rover.File?
---@return string? message
---@return integer? code
function File:write(...) end
