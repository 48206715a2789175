//! Pointers and lengths from C, checked once, as slices and texts.
//!
//! What can be checked is checked: null, alignment, lengths beyond the address space, columns
//! that overlap. What cannot, that a pointer really leads to so many values, is the caller's word.

use std::fmt::Display;

use paneline::{Code, Error};

/// The refusal of an argument, or of a member of one.
pub(crate) fn invalid(path: impl Display, message: String) -> Error {
    Error::new(Code::InvalidArgument, path.to_string(), message)
}

/// Refuses a pointer that no slice of `len` values may have.
fn check<T>(pointer: *const T, len: usize, path: impl Display + Copy) -> Result<(), Error> {
    if pointer.is_null() {
        return Err(invalid(path, format!("{path} must not be null with {len} values")));
    }
    if !pointer.is_aligned() {
        return Err(invalid(path, format!("{path} must be aligned to {} bytes", align_of::<T>())));
    }
    let len_max = isize::MAX.unsigned_abs() / size_of::<T>().max(1);
    if len > len_max {
        return Err(invalid(path, format!("{path} must hold at most {len_max} values, got {len}")));
    }
    Ok(())
}

/// `len` values to read. NULL is fine where `len` is 0.
///
/// # Safety
/// `pointer` leads to `len` values that nothing writes during the call.
pub(crate) unsafe fn input<'a, T>(
    pointer: *const T,
    len: usize,
    path: impl Display + Copy,
) -> Result<&'a [T], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    check(pointer, len, path)?;
    // SAFETY: not null, aligned, within the address space; the rest is the caller's word.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// `len` values to write. NULL is fine where `len` is 0.
///
/// # Safety
/// `pointer` leads to `len` values that nothing else uses during the call.
pub(crate) unsafe fn output<'a, T>(
    pointer: *mut T,
    len: usize,
    path: &'static str,
) -> Result<&'a mut [T], Error> {
    if len == 0 {
        return Ok(&mut []);
    }
    check(pointer, len, path)?;
    // SAFETY: not null, aligned, within the address space; the rest is the caller's word.
    Ok(unsafe { std::slice::from_raw_parts_mut(pointer, len) })
}

/// A place for one result.
///
/// # Safety
/// `pointer` is NULL or may be written.
pub(crate) unsafe fn place<'a, T>(pointer: *mut T, path: &'static str) -> Result<&'a mut T, Error> {
    check(pointer, 1, path)?;
    // SAFETY: not null and aligned; that it may be written is the caller's word.
    Ok(unsafe { &mut *pointer })
}

/// A text to read.
///
/// # Safety
/// As for [`input`].
pub(crate) unsafe fn text<'a>(
    pointer: *const u8,
    len: usize,
    path: &'static str,
) -> Result<&'a str, Error> {
    // SAFETY: the caller's word.
    let bytes = unsafe { input(pointer, len, path) }?;
    std::str::from_utf8(bytes).map_err(|why| {
        invalid(path, format!("{path} must be UTF-8, got another byte at {}", why.valid_up_to()))
    })
}

/// The bytes that a column of `len` values covers, with its name.
pub(crate) type Span = (usize, usize, &'static str);

/// The span of a column.
pub(crate) fn span<T>(pointer: *const T, len: usize, path: &'static str) -> Span {
    (pointer.addr(), len.saturating_mul(size_of::<T>()), path)
}

/// Refuses columns of one call that share memory: an output would change an input half-way. A null
/// column is refused where it is used, for what it is.
pub(crate) fn check_disjoint(spans: &[Span]) -> Result<(), Error> {
    for (i, &(start, len, path)) in spans.iter().enumerate() {
        for &(other, other_len, other_path) in &spans[..i] {
            let apart =
                start.saturating_add(len) <= other || other.saturating_add(other_len) <= start;
            let used = [(start, len), (other, other_len)].iter().all(|&(at, n)| at != 0 && n != 0);
            if used && !apart {
                return Err(invalid(path, format!("{path} must not overlap {other_path}")));
            }
        }
    }
    Ok(())
}

/// Refuses a buffer that is too short for a result, and only then says how long it must be: the
/// length of any other refused call stays untouched.
pub(crate) fn check_capacity(
    needed: usize,
    capacity: usize,
    length: &mut usize,
) -> Result<(), Error> {
    if needed <= capacity {
        return Ok(());
    }
    *length = needed;
    Err(invalid("capacity", format!("capacity must be at least {needed}, got {capacity}")))
}
