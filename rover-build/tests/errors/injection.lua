local api = rover.server { title = '"); compile_error!("' }
api['"; fn main() {} //'].get = function() end
api['a"#'].p_x.gett = function() end
return api
