//! Graphs of the real exporter.
