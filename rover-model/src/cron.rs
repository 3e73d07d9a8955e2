//! stub
/// x
#[derive(Clone, Debug)]
pub struct Schedule;
/// x
#[derive(Debug)]
pub struct CronError;
impl Schedule {
    /// x
    pub fn parse(_: &str) -> Result<Self, CronError> {
        Err(CronError)
    }
    /// x
    pub fn next(&self, _: i64) -> Option<i64> {
        None
    }
}
impl std::fmt::Display for CronError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x")
    }
}
impl std::error::Error for CronError {}
