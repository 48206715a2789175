//! `BytesArray`: an immutable column of byte strings.
//!
//! Offsets and data as Arrow's `LargeBinary` has them; it decides nothing about the bytes.
//! Invariant: the offsets ascend within the data, so every string lies in it. Worked number: three
//! strings have four offsets.

use std::hash::{Hash, Hasher};

use arrow_data::ArrayData;
use arrow_schema::DataType;
use paneline::{Code, Error};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyIterator, PyList};

use super::arrow::{self, Capsules};
use super::{Column, Data, Int64Array, Kind, built};
use crate::argument::{index, of_class};
use crate::error::{Outcome, guard};

/// An immutable column of byte strings: string `i` is `data[offsets[i]:offsets[i + 1]]`, the layout
/// of Arrow's large_binary.
///
/// `offsets` is an `Int64Array` with one value more than there are strings, `data` a `Column` of
/// uint8; both show their memory without a copy. By the Arrow PyCapsule protocol it goes into
/// polars, pyarrow, pandas and others without one. It indexes, iterates, compares, hashes and
/// pickles. `Engine.push` takes it as keys. Any thread.
///
/// Errors: INVALID_ARGUMENT at `offsets` or `offsets[i]` where they do not ascend within the data,
/// and at `data` for another dtype or nulls.
///
/// >>> import paneline as pln
/// >>> keys = pln.BytesArray(pln.Int64Array([0, 2, 3]), pln.Column(b"abc", "uint8"))
/// >>> keys[0], keys.tolist()
/// (b'ab', [b'ab', b'c'])
#[pyclass(frozen, eq, hash, module = "paneline")]
pub(crate) struct BytesArray {
    /// One more than there are strings, ascending.
    #[pyo3(get)]
    offsets: Py<Int64Array>,
    /// The bytes of all strings.
    #[pyo3(get)]
    data: Py<Column>,
}

impl BytesArray {
    /// Columns of the core, moved.
    pub(crate) fn of(py: Python<'_>, offsets: Vec<i64>, data: Vec<u8>) -> PyResult<BytesArray> {
        Ok(BytesArray {
            offsets: Py::new(py, Int64Array::from(offsets))?,
            data: Py::new(py, Column::from(Data::UInt8(data)))?,
        })
    }

    fn data(&self) -> &[u8] {
        match &**self.data.get().data() {
            Data::UInt8(data) => data,
            _ => &[],
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.offsets.get().values().len().saturating_sub(1)
    }

    fn string<'py>(&self, py: Python<'py>, at: usize) -> Bound<'py, PyBytes> {
        let offsets = self.offsets.get().values();
        let place = |at: usize| usize::try_from(offsets[at]).unwrap_or(0);
        PyBytes::new(py, &self.data()[place(at)..place(at + 1)])
    }

    /// The column as an Arrow array, in place.
    pub(crate) fn array(&self) -> Outcome<ArrayData> {
        let array = ArrayData::builder(DataType::LargeBinary).len(self.len());
        let offsets = self.offsets.get().buffer();
        built(array.add_buffer(offsets).add_buffer(self.data.get().data().buffer()))
    }

    fn check(&self) -> Result<(), Error> {
        let refuse = |path: String, message| Err(Error::new(Code::InvalidArgument, path, message));
        let offsets = self.offsets.get().values();
        if self.data.get().data().kind() != Kind::UInt8 || self.data.get().has_nulls() {
            let message = "data must be a column of uint8 without nulls".to_owned();
            return refuse("data".into(), message);
        }
        if offsets.is_empty() {
            return refuse(
                "offsets".into(),
                "one offset more than strings is needed, got 0".into(),
            );
        }
        let end = self.data().len();
        let mut last = 0;
        for (at, offset) in offsets.iter().enumerate() {
            let place = usize::try_from(*offset).ok().filter(|place| (last..=end).contains(place));
            let Some(place) = place else {
                let message = format!("offsets must ascend within 0..={end}, got {offset}");
                return refuse(format!("offsets[{at}]"), message);
            };
            last = place;
        }
        Ok(())
    }
}

impl PartialEq for BytesArray {
    fn eq(&self, other: &BytesArray) -> bool {
        self.offsets.get() == other.offsets.get() && self.data.get() == other.data.get()
    }
}

impl Eq for BytesArray {}

impl Hash for BytesArray {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.offsets.get(), self.data.get()).hash(state);
    }
}

#[pymethods]
impl BytesArray {
    #[new]
    fn new(offsets: &Bound<'_, PyAny>, data: &Bound<'_, PyAny>) -> PyResult<BytesArray> {
        guard(offsets.py(), || {
            let offsets = of_class(offsets, "offsets", "an Int64Array")?.clone().unbind();
            let data = of_class(data, "data", "a Column of uint8")?.clone().unbind();
            let array = BytesArray { offsets, data };
            Ok(array.check().map(|()| array)?)
        })
    }

    /// The strings as a list of bytes.
    ///
    /// >>> import paneline as pln
    /// >>> pln.BytesArray(pln.Int64Array([0, 1, 3]), pln.Column(b"abc", "uint8")).tolist()
    /// [b'a', b'bc']
    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        guard(py, || Ok(PyList::new(py, (0..self.len()).map(|at| self.string(py, at)))?))
    }

    fn __len__(&self) -> usize {
        self.len()
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        guard(key.py(), || Ok(self.string(key.py(), index(key, self.len())?)))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        guard(py, || Ok(self.tolist(py)?.try_iter()?))
    }

    /// The column for another library, as the Arrow PyCapsule protocol has it: a large_binary.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Capsules<'py>> {
        let _ = requested_schema;
        guard(py, || arrow::array(py, &self.array()?))
    }

    /// The column as a stream of one array.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        guard(py, || arrow::stream(py, self.array()?))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        guard(slf.py(), || {
            let shown = |name: &str| -> Outcome<String> {
                Ok(format!("{name}={}", slf.getattr(name)?.repr()?))
            };
            Ok(format!("BytesArray({}, {})", shown("offsets")?, shown("data")?))
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Parts<'py>)> {
        let parts = (slf.getattr("offsets")?, slf.getattr("data")?);
        Ok((slf.get_type().into_any(), parts))
    }
}

/// The arguments that make a `BytesArray` again.
type Parts<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);
