//! A batch of events on its way to the core, a block at a time.
//!
//! It decides which columns a batch has and cuts it; what is in a column, `cells`, `keys` and
//! `sources` decide. A block is copied into columns that are filled again and again and stay in the
//! cache; the whole batch never is. Invariant: a batch of several blocks is looked at before its
//! first block is handed over, so a refusal takes nothing; what another thread changes after that
//! is refused when its block is read, with the rows that were taken. Worked number: 10,000 rows are
//! blocks of 4,096, 4,096 and 1,808.

use std::collections::BTreeMap;
use std::sync::Arc;

use paneline::{Code, Error, Pushed, Rows, TimeUnit, ValueType, Values};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use super::cells::{Cells, Nulls, bits, check_len, refuse};
use super::keys::Keys;
use super::signals::Signals;
use super::sources::Sources;
use crate::argument::{self, int, wrong_type_fix};
use crate::array::{Data, Kind, unit};
use crate::error::Outcome;

/// Rows of a block: few enough that a column of it (32 KiB) stays in the second-level cache.
const BLOCK_ROWS: usize = 4_096;

/// Rows of a block with byte keys, which are up to 64 KiB each: 64 MiB at the very worst.
const BLOCK_ROWS_OF_BYTES: usize = 1_024;

/// What the columns of a batch must be.
pub(super) struct Schema {
    pub(super) spec: paneline::EngineSpec,
    /// The sources' indexes by their names.
    pub(super) sources: BTreeMap<String, u32>,
}

impl Schema {
    pub(super) fn new(spec: &paneline::EngineSpec) -> Arc<Schema> {
        let sources = spec.sources.iter().cloned().zip(0..).collect();
        Arc::new(Schema { spec: spec.clone(), sources })
    }
}

/// What a call is given.
pub(super) struct Columns<'a, 'py> {
    pub(super) keys: &'a Bound<'py, PyAny>,
    pub(super) times: &'a Bound<'py, PyAny>,
    pub(super) values: Option<&'a Bound<'py, PyAny>>,
    pub(super) unit: Option<&'a Bound<'py, PyAny>>,
    pub(super) sources: Option<&'a Bound<'py, PyAny>>,
}

/// Columns of one length, opened: holding them keeps their memory in place.
pub(super) struct Batch {
    rows: usize,
    block_rows: usize,
    unit: TimeUnit,
    keys: Keys,
    times: Cells,
    values: Vec<Cells>,
    sources: Option<Sources>,
}

impl Batch {
    /// Opens the columns of a call.
    pub(super) fn open(schema: &Arc<Schema>, columns: &Columns<'_, '_>) -> Outcome<Batch> {
        let py = columns.times.py();
        let asked = argument::unit(columns.unit)?;
        let keys = Keys::open(&schema.spec, columns.keys)?;
        let times = Cells::open_times(columns.times, asked)?;
        let unit = unit(times.ticks(), asked)?;
        let rows = times.len(py)?;
        let values = open_values(&schema.spec, columns.values)?;
        let sources = columns.sources.map(|sources| Sources::open(schema, sources)).transpose()?;
        keys.check_len(py, rows)?;
        values.iter().try_for_each(|cells| cells.check_len(py, rows))?;
        if let Some(len) = sources.as_ref().map_or(Ok(None), |sources| sources.len(py))? {
            check_len("sources", len, rows)?;
        }
        let is_bytes = matches!(keys, Keys::Strings(_));
        let block_rows = if is_bytes { BLOCK_ROWS_OF_BYTES } else { BLOCK_ROWS };
        Ok(Batch { rows, block_rows, unit, keys, times, values, sources })
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// How many rows a block has.
    pub(super) fn block_rows(&self) -> usize {
        self.block_rows
    }

    /// The row to start at: the first, if none is given.
    pub(super) fn start(&self, from_row: Option<&Bound<'_, PyAny>>) -> Outcome<usize> {
        let Some(from_row) = from_row else { return Ok(0) };
        let row: u64 = int(from_row, &"from_row", Code::InvalidArgument)?;
        usize::try_from(row).ok().filter(|row| *row <= self.rows).ok_or_else(|| {
            refuse("from_row", format!("from_row must be <= {}, the rows, got {row}", self.rows))
        })
    }

    /// Looks at all rows from one on before any is taken, a column after the other. Only where a
    /// row can be refused, and not for a single block, which is looked at whole anyway.
    pub(super) fn check(&mut self, from: usize) -> Outcome<()> {
        let Batch { rows, block_rows, keys, times, values, sources, .. } = self;
        if *rows - from <= *block_rows {
            return Ok(());
        }
        let mut signals = Signals::new();
        let mut each = |fill: &mut dyn FnMut(usize, usize) -> Outcome<()>| {
            (from..*rows).step_by(*block_rows).try_for_each(|at| {
                signals.look()?;
                fill(at, (*rows - at).min(*block_rows))
            })
        };
        if keys.can_refuse() {
            each(&mut |at, len| keys.fill(at, len))?;
        }
        for cells in std::iter::once(times).chain(values).filter(|cells| cells.can_refuse()) {
            each(&mut |at, len| cells.fill(at, len))?;
        }
        sources.as_mut().map_or(Ok(()), |sources| each(&mut |at, len| sources.fill(at, len)))
    }

    /// Fills each block from a row on and hands it over with its first row, until one is not taken
    /// whole. How many rows were taken, and why not all. A batch without rows is one block.
    pub(super) fn feed(
        &mut self,
        from: usize,
        mut take: impl FnMut(usize, &Rows<'_>) -> Result<Pushed, Error>,
    ) -> (usize, Outcome<()>) {
        let (mut at, mut taken) = (from, 0);
        // A row of its own takes less time than to ask for the time.
        let mut signals = (self.rows - from > self.block_rows).then(Signals::new);
        loop {
            let len = (self.rows - at).min(self.block_rows);
            let looked = signals.as_mut().map_or(Ok(()), Signals::look);
            if let Err(fault) = looked.and_then(|()| self.fill(at, len)) {
                return (taken, Err(fault));
            }
            let values: Vec<_> = self.values.iter().map(Cells::values).collect();
            match take(at, &self.block(&values)) {
                Ok(pushed) => {
                    taken += pushed.rows;
                    if let Some(error) = pushed.stopped {
                        return (taken, Err(error.into()));
                    }
                }
                Err(error) => return (taken, Err(error.into())),
            }
            at += len;
            if at == self.rows {
                return (taken, Ok(()));
            }
        }
    }

    /// Fills the columns of a block. Where one is a list, the GIL is taken once for all.
    fn fill(&mut self, from: usize, len: usize) -> Outcome<()> {
        let has_items = self.keys.has_items()
            || self.times.has_items()
            || self.values.iter().any(Cells::has_items)
            || self.sources.as_ref().is_some_and(Sources::has_items);
        if has_items {
            Python::attach(|_| self.fill_columns(from, len))
        } else {
            self.fill_columns(from, len)
        }
    }

    fn fill_columns(&mut self, from: usize, len: usize) -> Outcome<()> {
        self.keys.fill(from, len)?;
        self.times.fill(from, len)?;
        self.values.iter_mut().try_for_each(|cells| cells.fill(from, len))?;
        self.sources.as_mut().map_or(Ok(()), |sources| sources.fill(from, len))
    }

    /// The block as the core takes it.
    fn block<'a>(&'a self, values: &'a [Values<'a>]) -> Rows<'a> {
        let (keys, key_bits) = self.keys.block();
        let times = if let Data::Int64(times) = self.times.data() { times.as_slice() } else { &[] };
        let sources = self.sources.as_ref().map(Sources::indexes);
        Rows { keys, key_validity: bits(key_bits), times, unit: self.unit, values, sources }
    }
}

fn open_values(
    spec: &paneline::EngineSpec,
    values: Option<&Bound<'_, PyAny>>,
) -> Outcome<Vec<Cells>> {
    let mut given = Vec::new();
    if let Some(values) = values {
        if !values.is_instance_of::<PyList>() && !values.is_instance_of::<PyTuple>() {
            // A table by names: pandas, polars and pyarrow call them so, and a dict is one.
            let is_table = values.is_instance_of::<PyDict>() || values.hasattr("columns")?;
            let fix = if is_table { ": pass [frame[name] for name in names]" } else { "" };
            return Err(wrong_type_fix(values, &"values", "a list or tuple of columns", fix));
        }
        for column in values.try_iter()? {
            given.push(column?);
        }
    }
    if given.len() != spec.values.len() {
        let (wanted, got) = (spec.values.len(), given.len());
        let message = format!(
            "columns must be those of the spec ({wanted}), got {got}: values is a list of columns"
        );
        return Err(refuse("values", message));
    }
    let columns = given.iter().zip(&spec.values).enumerate();
    let cells = columns.map(|(at, (given, column))| {
        let is_float = column.r#type == ValueType::F64 as i32;
        let kind = if is_float { Kind::Float64 } else { Kind::Int64 };
        let named = || Nulls::Refused(column.name.clone());
        let nulls = if column.nullable { Nulls::Taken } else { named() };
        Cells::open(format!("values[{at}]"), given, kind, nulls)
    });
    cells.collect()
}
