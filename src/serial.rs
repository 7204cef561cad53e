//! How numbers are written to JSON and read back.

/// Numbers of which none may be infinite or NaN: JSON has no such numbers, and would hold nothing in
/// their place.
pub(crate) mod finite {
    use serde::{Serialize, Serializer, ser::Error};

    pub(super) fn check<'a, E: Error>(numbers: impl IntoIterator<Item = &'a f32>) -> Result<(), E> {
        if numbers.into_iter().all(|number| number.is_finite()) {
            return Ok(());
        }
        Err(E::custom("a number of the report is infinite or NaN"))
    }

    pub fn all<S: Serializer>(numbers: &[f32], to: S) -> Result<S::Ok, S::Error> {
        check(numbers)?;
        numbers.serialize(to)
    }

    #[allow(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over the field as it is"
    )]
    pub fn any<S: Serializer>(number: &Option<f32>, to: S) -> Result<S::Ok, S::Error> {
        check(number)?;
        number.serialize(to)
    }

    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over the field as it is; on 32 bits it is no smaller"
    )]
    pub fn one<S: Serializer>(number: &f32, to: S) -> Result<S::Ok, S::Error> {
        check([number])?;
        number.serialize(to)
    }
}

/// Matrices as `{ "shape": [rows, columns], "data": [row by row] }`.
pub(crate) mod matrix {
    use ndarray::Array2;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[derive(Serialize, Deserialize)]
    pub(super) struct Plain {
        shape: (usize, usize),
        #[serde(serialize_with = "super::finite::all")]
        data: Vec<f32>,
    }

    impl From<&Array2<f32>> for Plain {
        fn from(array: &Array2<f32>) -> Self {
            Self {
                shape: array.dim(),
                data: array.iter().copied().collect(),
            }
        }
    }

    impl Plain {
        pub(super) fn into_array<E: Error>(self) -> Result<Array2<f32>, E> {
            Array2::from_shape_vec(self.shape, self.data).map_err(E::custom)
        }
    }

    pub fn serialize<S: Serializer>(array: &Array2<f32>, to: S) -> Result<S::Ok, S::Error> {
        Plain::from(array).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Array2<f32>, D::Error> {
        Plain::deserialize(from)?.into_array()
    }
}

/// As [`matrix`], or null.
pub(crate) mod optional_matrix {
    use super::matrix::Plain;
    use ndarray::Array2;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
    pub fn serialize<S: Serializer>(array: &Option<Array2<f32>>, to: S) -> Result<S::Ok, S::Error> {
        array.as_ref().map(Plain::from).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Array2<f32>>, D::Error> {
        Option::<Plain>::deserialize(from)?
            .map(Plain::into_array)
            .transpose()
    }
}
