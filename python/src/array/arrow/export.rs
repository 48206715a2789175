//! Memory of ours handed to other libraries.
//!
//! It decides nothing: an array goes out as it is, or as a stream that gives it once. The schema
//! that a consumer asks for is not looked at: the protocol lets a producer answer with its own.
//! Invariant: the array that is handed out keeps its memory, so our objects and the consumer's may
//! end in any order, on any thread, without the interpreter. Worked number: a stream of a million
//! int64 gives one array of 8 MB that is ours, and then says that it is at its end.

use std::ffi::{c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_data::ArrayData;
use arrow_data::ffi::FFI_ArrowArray;
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{DataType, Field};
use paneline::{Code, Error};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::stream::Stream;
use crate::error::Outcome;

/// A pair of capsules: what an `ArrowSchema` and an `ArrowArray` come in.
pub(crate) type Capsules<'py> = (Bound<'py, PyCapsule>, Bound<'py, PyCapsule>);

/// The answer to `__arrow_c_array__`.
pub(crate) fn array<'py>(py: Python<'py>, data: &ArrayData) -> Outcome<Capsules<'py>> {
    let schema = PyCapsule::new_with_value(py, schema(data.data_type())?, c"arrow_schema")?;
    let array = PyCapsule::new_with_value(py, FFI_ArrowArray::new(data), c"arrow_array")?;
    Ok((schema, array))
}

/// The answer to `__arrow_c_stream__`.
pub(crate) fn stream(py: Python<'_>, data: ArrayData) -> Outcome<Bound<'_, PyCapsule>> {
    let r#type = data.data_type().clone();
    // So that `get_schema` cannot be the first to find out.
    schema(&r#type)?;
    let exporting = Box::new(Exporting { r#type, data: Some(data) });
    let stream = Stream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release),
        private_data: Box::into_raw(exporting).cast(),
    };
    Ok(PyCapsule::new_with_value(py, stream, c"arrow_array_stream")?)
}

/// A column without a name, or a table.
fn schema(r#type: &DataType) -> Result<FFI_ArrowSchema, Error> {
    // The rows of a table are not null; what is in its columns, their fields say.
    let is_table = matches!(r#type, DataType::Struct(_));
    FFI_ArrowSchema::try_from(Field::new("", r#type.clone(), !is_table))
        .map_err(|why| Error::new(Code::InvalidArgument, "", format!("no Arrow schema: {why}")))
}

/// What a stream of ours holds.
struct Exporting {
    r#type: DataType,
    /// Until it is given.
    data: Option<ArrayData>,
}

/// Answers a consumer, to whom no panic may get.
fn answer<T>(
    stream: *mut Stream,
    out: *mut T,
    make: impl FnOnce(&mut Exporting) -> Option<T>,
) -> c_int {
    // SAFETY: the interface: a consumer calls with a stream that was not released, one thread at a
    // time; its data are those that `stream` above has put there.
    let exporting = unsafe { &mut *(*stream).private_data.cast::<Exporting>() };
    match catch_unwind(AssertUnwindSafe(|| make(exporting))) {
        Ok(Some(answer)) => {
            // SAFETY: the interface: the place for the answer may be written and holds nothing.
            unsafe { out.write(answer) };
            0
        }
        _ => libc::EIO,
    }
}

unsafe extern "C" fn get_schema(stream: *mut Stream, out: *mut FFI_ArrowSchema) -> c_int {
    answer(stream, out, |exporting| schema(&exporting.r#type).ok())
}

unsafe extern "C" fn get_next(stream: *mut Stream, out: *mut FFI_ArrowArray) -> c_int {
    answer(stream, out, |exporting| {
        let data = exporting.data.take();
        Some(data.map_or_else(FFI_ArrowArray::empty, |data| FFI_ArrowArray::new(&data)))
    })
}

unsafe extern "C" fn get_last_error(_stream: *mut Stream) -> *const c_char {
    c"a bug in paneline".as_ptr()
}

unsafe extern "C" fn release(stream: *mut Stream) {
    // SAFETY: the interface: a stream is released once, by whoever has it; its data are those that
    // `stream` above has put there. They are our own: dropping them calls no code but ours.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<Exporting>()));
        (*stream).private_data = std::ptr::null_mut();
        (*stream).release = None;
    }
}
