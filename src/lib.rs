pub mod keyed;
pub mod report;
pub mod settings;
