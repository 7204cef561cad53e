//! Which instructions loops over many numbers are made of: chosen when a program starts, for the processor it is on.
//!
//! A loop is written once, in a form that compilers turn into SIMD, over whatever multiplies and adds
//! ([`Arithmetic`]); [`Kernel::run`] compiles it for every set of instructions and runs the one that is chosen. A page
//! has one alone, that of WebAssembly, and no code for a choice.
//!
//! The order of every sum is the loop's own, so the number of lanes changes no bit. What does is whether a product
//! is rounded before it is added: the baseline rounds it, the others do not.

#[cfg(all(feature = "engine-cpu", target_arch = "x86_64"))]
use pulp::{NullaryFnOnce, x86::V3};

/// How numbers are multiplied and added.
pub trait Arithmetic {
    /// Panels of a product that are multiplied at once: as many as there are registers for.
    const PANELS: usize;

    /// a · b + c.
    fn multiply_add(a: f32, b: f32, c: f32) -> f32;
}

/// A multiplication, rounded, then an addition.
pub struct Plain;

impl Arithmetic for Plain {
    const PANELS: usize = 1;

    #[inline(always)]
    fn multiply_add(a: f32, b: f32, c: f32) -> f32 {
        a * b + c
    }
}

/// Both at once, rounded once.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
struct Fused;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
impl Arithmetic for Fused {
    const PANELS: usize = 2;

    #[inline(always)]
    fn multiply_add(a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
}

/// A loop over numbers, with what it takes and gives.
pub trait Work {
    /// What it gives.
    type Output;

    /// Does it. Everything in it is inlined, so that it is compiled for the instructions that are chosen.
    fn run<A: Arithmetic>(self) -> Self::Output;
}

/// The instructions that the CPU engine computes with.
#[derive(Clone, Copy, Debug)]
pub enum Kernel {
    /// What every processor of its kind has, four numbers at a time: SSE2, NEON, or WebAssembly's SIMD. Products are
    /// rounded before they are added, so on all of them numbers are the same to the last bit.
    Baseline,
    /// AVX2 with FMA, eight numbers at a time.
    #[cfg(all(feature = "engine-cpu", target_arch = "x86_64"))]
    Avx2(V3),
    /// NEON with its fused multiplications and additions, four numbers at a time.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Kernel {
    /// Those that this processor has, the fastest first.
    pub fn all() -> impl Iterator<Item = Self> {
        #[cfg(all(feature = "engine-cpu", target_arch = "x86_64"))]
        let faster = V3::try_new().map(Self::Avx2);
        #[cfg(target_arch = "aarch64")]
        let faster = Some(Self::Neon);
        #[cfg(not(any(
            all(feature = "engine-cpu", target_arch = "x86_64"),
            target_arch = "aarch64"
        )))]
        let faster = None;
        faster.into_iter().chain([Self::Baseline])
    }

    /// As reports and the terminal write it: `baseline`, `avx2` or `neon`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            #[cfg(all(feature = "engine-cpu", target_arch = "x86_64"))]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon => "neon",
        }
    }

    /// Does some work with these instructions.
    #[inline(always)]
    pub fn run<W: Work>(self, work: W) -> W::Output {
        match self {
            Self::Baseline => work.run::<Plain>(),
            #[cfg(all(feature = "engine-cpu", target_arch = "x86_64"))]
            Self::Avx2(instructions) => instructions.vectorize(Fusing(work)),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => work.run::<Fused>(),
        }
    }
}

/// Makes [`Work`] of a function that is generic over its [`Arithmetic`] and always inlined: a struct of its arguments.
///
/// Compilers find the vectors of such a function where it computes [`LANES`](super::LANES) numbers in arrays of its
/// own and puts them where they belong after that: of what is in a struct, they do not know that it does not overlap.
#[cfg(any(feature = "engine-cpu", all(feature = "engine", feature = "general")))]
macro_rules! work {
    ($work:ident<$life:lifetime> is $function:ident($($argument:ident: $type:ty),+) -> $output:ty) => {
        struct $work<$life> {
            $($argument: $type,)+
        }

        impl<$life> $crate::math::kernel::Work for $work<$life> {
            type Output = $output;

            #[inline(always)]
            fn run<A: $crate::math::kernel::Arithmetic>(self) -> $output {
                $function::<A>($(self.$argument),+)
            }
        }
    };
}
#[cfg(any(feature = "engine-cpu", all(feature = "engine", feature = "general")))]
pub(crate) use work;

/// Work as pulp takes it.
#[cfg(all(feature = "engine-cpu", target_arch = "x86_64"))]
struct Fusing<W>(W);

#[cfg(all(feature = "engine-cpu", target_arch = "x86_64"))]
impl<W: Work> NullaryFnOnce for Fusing<W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.0.run::<Fused>()
    }
}
