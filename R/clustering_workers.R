# A clustering by several workers: they share the join of the plan, then its
# units, then what the caller wants of them.

# What every task of a store needs.
store_task <- function(engine, self, what, about, ...) {
    state <- self$state
    list(
        what = what, about = about, directory = state$directory,
        store_id = state$store_id, far = engine$far,
        work_directory = work_directory_text(self), ...
    )
}

# Each slice reads the whole store, a quarter of a second a million receptors
# whatever its share: more slices than these take longer than they save.
most_slices <- 16L

# As cpp_run_begin(), but workers join.
begin_shared_run <- function(engine, self, settings) {
    store <- store_pointer(self)
    work <- work_directory_text(self)
    if (settings$join && engine$workers > 1L) {
        prepared <- cpp_run_prepare(store, settings, work)
        slices <- min(engine$workers, most_slices)
        if (!prepared$planned) {
            engine_map(engine, lapply(seq_len(slices), function(slice) {
                store_task(engine, self, "slice",
                    paste0("joining, part ", slice, " of ", slices),
                    run = prepared$id, slice = slice, slices = slices)
            }), "Joining")
        }
    }
    cpp_run_begin(store, settings, work, check_threads(self$state$n_cpus))
}

# Makes the units `units` that are not kept. Those of a join stand by the size
# of their largest component, so the largest, which can't be divided, is begun
# first.
finish_units <- function(engine, self, run, units = NULL) {
    known <- cpp_run_describe(run)
    about <- cpp_run_units(run)
    if (is.null(units)) units <- seq_len(known$units)
    if (!known$join) units <- units[order(-about$rows[units])]
    units <- units[!about$kept[units]]
    if (known$join) tell_of_giant(engine, about$rows[units], about$most_rows)
    cpp_run_set_busy(run, TRUE)
    on.exit(cpp_run_set_busy(run, FALSE))
    tasks <- lapply(units, function(unit) {
        store_task(engine, self, "unit",
            paste0("unit ", unit, " of ", known$units), run = known$id,
            unit = unit)
    })
    engine_map(engine, tasks, "Clustering")
}

# What more workers can't make faster: a component of so many receptors that it
# lasts longer than what the others have to do.
tell_of_giant <- function(engine, rows, most_rows) {
    if (length(rows) < 2L || rows[1L] <= most_rows ||
        rows[1L] < sum(rows) / engine$workers) {
        return(invisible())
    }
    engine$say("The largest component has ", shown_number(rows[1L]), " of ",
        count_text(sum(rows), "receptor"), " and can't be divided: ",
        "more workers can't make clustering faster")
}

# A worker that has less memory than a clustering may take would be ended.
limit_to_workers <- function(engine, settings, granted) {
    memory <- vapply(granted, function(worker) worker$memory, 0)
    least <- max(2^20, floor(0.75 * min(memory, Inf)))
    if (least < settings$memory_limit) {
        engine$say("Workers have ", shown_number(round(min(memory) / 2^20)),
            " MB each; `memory_limit` is ", shown_number(floor(least / 2^20)),
            " MB")
        settings$memory_limit <- least
    }
    settings
}

cluster_all_with_workers <- function(self, FUN, more, singletons, columns,
                                     rewind, with_matrix, BPPARAM, BPREDO,
                                     n_cpus) {
    state <- self$state
    check_flag(singletons, "singletons")
    check_flag(with_matrix, "calc_cluster_matrix")
    columns <- check_result_columns(columns)
    engine <- new_engine(BPPARAM, n_cpus)
    withr::local_preserve_seed()
    stop_workers <- start_workers(engine)
    on.exit(stop_workers())
    rewind_if(self, rewind)
    granted <- check_workers(engine, c(state$directory, state$work_directory))
    run <- open_run(self, singletons, function(store, settings) {
        begin_shared_run(engine, self,
            limit_to_workers(engine, settings, granted))
    })
    units <- seq_len(state$run$units)
    units <- units[units >= state$next_unit]
    if (length(BPREDO) && length(BPREDO) != length(units)) {
        bad_argument("`BPREDO` must have a value for each of the ",
            length(units), " data.frames that are left, not ", length(BPREDO))
    }
    finish_units(engine, self, run, units)
    clusters <- vapply(units, function(unit) {
        cpp_run_finish_unit(run, unit, "", 1L)[1L]
    }, 0)
    first <- state$next_cluster + cumsum(c(0, clusters))
    tasks <- lapply(seq_along(units), function(i) {
        store_task(engine, self, "call",
            paste0("`FUN` of unit ", units[i]), run = state$run$id,
            unit = units[i], first_cluster = first[i], columns = columns,
            with_matrix = with_matrix, FUN = FUN, more = more)
    })
    values <- if (is.null(FUN)) vector("list", length(units))
        else engine_map(engine, tasks, "Results", BPREDO)
    state$handed_out <- TRUE
    state$next_unit <- state$run$units + 1
    state$next_cluster <- first[length(first)]
    cpp_run_write_position(run, state$next_unit, state$next_cluster)
    values
}
