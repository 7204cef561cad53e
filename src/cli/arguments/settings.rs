//! What a run is asked to do.

use clap::{Args, ValueEnum};
use latent_lens::data::Class;
use latent_lens::settings::{Method, Settings};

/// [`Settings`], as they are typed.
#[derive(Debug, Args)]
pub struct Chosen {
    /// The classes to look at by their labels, such as 0,1 or cat,dog; without it, all there are.
    #[arg(long, value_name = "LABELS", value_delimiter = ',')]
    pub classes: Option<Vec<String>>,

    /// Latent dimensions: how many numbers an image is squeezed into.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().dims)]
    pub dims: usize,

    /// Units of the encoder's hidden layers, such as 512,128; the decoder mirrors them. Without
    /// it, there are none.
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    pub hidden: Vec<usize>,

    /// How often training passes over the images; with 0 the untrained network is explained.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().epochs)]
    pub epochs: usize,

    /// How importance is measured: over all permutations there are, by a few that are drawn, or
    /// the one where it is affordable and the other elsewhere.
    #[arg(long, value_enum, default_value_t = ByMethod::Auto)]
    pub method: ByMethod,

    /// How many permutations are drawn of each pixel and each latent dimension: more make smaller
    /// errors.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().permutations)]
    pub permutations: usize,

    /// Decides which images are held out, the first weights and every permutation.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().seed)]
    pub seed: u32,
}

/// [`Method`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByMethod {
    /// Exact where that is affordable, sampled elsewhere.
    Auto,
    /// The expected value over all permutations.
    Exact,
    /// The paper's way: the mean over a few random permutations.
    Sampled,
}

impl From<ByMethod> for Method {
    fn from(method: ByMethod) -> Self {
        match method {
            ByMethod::Auto => Self::Auto,
            ByMethod::Exact => Self::Exact,
            ByMethod::Sampled => Self::Sampled,
        }
    }
}

impl Chosen {
    /// The settings that were asked for, where there are these classes.
    ///
    /// # Errors
    /// One sentence, if there is no class of a name.
    pub fn settings(&self, available: &[Class]) -> Result<Settings, String> {
        let all = || available.iter().map(|class| class.label).collect();
        let chosen = self.classes.as_ref().map(|names| {
            let labels = names.iter().map(|name| label(name, available));
            labels.collect::<Result<Vec<u8>, String>>()
        });
        Ok(Settings {
            classes: chosen.transpose()?.unwrap_or_else(all),
            dims: self.dims,
            hidden: self.hidden.clone(),
            epochs: self.epochs,
            method: self.method.into(),
            permutations: self.permutations,
            seed: self.seed,
        })
    }
}

/// The label of the class that is called so.
fn label(name: &str, available: &[Class]) -> Result<u8, String> {
    let class = available.iter().find(|class| class.name == name);
    class.map(|class| class.label).ok_or_else(|| {
        let names: Vec<&str> = available.iter().map(|class| class.name.as_str()).collect();
        format!(
            "There is no class {name}; the classes are {}.",
            names.join(", ")
        )
    })
}
