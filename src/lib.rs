pub mod data;
pub mod keyed;
pub mod report;
pub mod settings;
