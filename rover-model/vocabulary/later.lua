---@meta _
-- Words of later versions. A comment declares nothing: an editor does not offer them.

--- Files that are part of the program, or answer from the disk.
---@planned rover asset assets files
--- A client's data from one request to the next.
---@planned rover session sessions
--- Answers that are sent in parts, and messages to all who listen.
---@planned rover publish stream subscribe ws

--- The last event that a client of a stream has seen.
---@planned rover.Ctx last_event_id

--- An answer that is sent in parts.
---@planned rover.Server stream

--- Files that answer below a path.
---@planned rover.Node assets

--- Whether answers are compressed.
---@planned rover.Options compress
--- The time after which a query is logged.
---@planned rover.Options slow_query
--- What bounds WebSockets.
---@planned rover.Options ws_buffer ws_message_limit
