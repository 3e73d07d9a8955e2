local M = {}

M.text = rover.fs.read("settings.json")

return M
