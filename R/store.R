# A store's directory. The state of a Clustering object is the truth and the
# external pointer is a cache: it is made again from the directory when it is
# missing, as it is after readRDS().

# The parameters a store remembers, so that a new session can resume it: how
# each becomes text, and back.
stored_parameters <- parameters_of(kept = c("text", "numbers", "flag"))

# formatC() and format() obey options(OutDec = ",").
number_text <- function(x) {
    paste(vapply(x, function(value) {
        format(value, digits = 17, trim = TRUE, decimal.mark = ".",
            big.mark = "")
    }, ""), collapse = " ")
}

parameters_to_text <- function(state) {
    kept <- without_later(mget(stored_parameters, as.environment(state),
        ifnotfound = parameter_defaults(stored_parameters)))
    vapply(kept, function(value) {
        if (is.numeric(value)) number_text(value) else parameter_text(value)
    }, "")
}

parameter_text <- function(value) {
    if (is.null(value)) "" else as.character(value)
}

# Exactly the parameters of this version: others would be kept by rules that we
# don't know.
parameters_from_text <- function(text, directory) {
    later <- parameter_defaults(setdiff(intersect(stored_parameters,
        parameters_of(since = "0.3.0")), names(text)))
    text <- c(text, vapply(later, parameter_text, ""))
    if (!setequal(names(text), stored_parameters)) {
        strange <- c(setdiff(names(text), stored_parameters),
            setdiff(stored_parameters, names(text)))
        raise_error("newer_format", paste0(
            "the store in '", directory, "' was written by another version of ",
            "clustcr: its parameters differ (",
            paste0("`", strange, "`", collapse = ", "), ")"
        ))
    }
    parameters <- as.list(text[stored_parameters])
    for (name in parameters_of(kept = "numbers")) {
        parts <- strsplit(text[[name]], " ", fixed = TRUE)[[1L]]
        parameters[name] <- list(if (length(parts)) as.numeric(parts))
    }
    flags <- parameters_of(kept = "flag")
    parameters[flags] <- lapply(parameters[flags], as.logical)
    for (name in stored_parameters) {
        parameters[name] <- list(tryCatch(
            check_parameter(name, parameters[[name]]),
            clustcr_error = function(e) {
                raise_error("damaged", paste0(
                    "the store in '", directory, "' has a parameter that ",
                    "can't be: ", conditionMessage(e)
                ))
            }
        ))
    }
    parameters
}

open_store <- function(directory) {
    cpp_store_open(path.expand(directory), is_durable(directory))
}

is_null_pointer <- function(x) {
    is.null(x) || identical(x, methods::new("externalptr"))
}

has_store <- function(self) {
    state <- self$state
    nzchar(state$store_id) ||
        (length(state$directory) && cpp_store_exists(state$directory))
}

# The open store of an object. With `create` it is made where the object has
# none yet; without, its absence is an error.
store_pointer <- function(self, create = FALSE) {
    state <- self$state
    if (!is_null_pointer(self$handle$store)) return(self$handle$store)
    if (has_store(self)) return(reopen_store(self))
    if (!create) {
        raise_error("no_batches", paste(
            "there are no preclusters yet; `batch_precluster()` must be",
            "called first"
        ))
    }
    if (by_centroid(state) && !ncol(state$centroids)) {
        check_faiss(state$method)
        bad_argument(
            "preclustering in batches with `method = \"", state$method,
            "\"` needs centroids: make the object with ",
            "`faiss_training_data`, or with `method = \"mcl\"`"
        )
    }
    create_store(self)
}

# The store an object had before, after readRDS() or in a forked child.
reopen_store <- function(self) {
    state <- self$state
    if (!cpp_store_exists(state$directory)) {
        raise_error("gone", paste0(
            "the store of this object in '", state$directory, "' is gone",
            if (state$own_directory) paste0(
                ": it was a temporary one, which ends with the session; give ",
                "`directory` to keep a store"
            ),
            "; `batch_cleanup()` makes the object forget it"
        ))
    }
    store <- open_store(state$directory)
    id <- cpp_store_describe(store)$id
    if (nzchar(state$store_id) && id != state$store_id) {
        raise_error("gone", paste0(
            "the store of this object in '", state$directory,
            "' was removed and made again; `batch_cleanup()` makes the object ",
            "forget it, and a new object opens what is there"
        ))
    }
    state$store_id <- id
    self$handle$store <- store
    store
}

# Preclusters by hash where there are no centroids: enough for every core,
# few enough for a small store; what is too large for memory is read in parts.
hash_preclusters <- 64

create_store <- function(self) {
    state <- self$state
    # The temporary folder of another session is not ours.
    if (!length(state$directory) ||
        (state$own_directory && is_durable(state$directory))) {
        own_temporary_directory(self)
    }
    longest <- if (length(state$max_sequence_size)) state$max_sequence_size
        else longest_sequence
    # Of two chains and what stands between them.
    if (is_paired(state$chain)) {
        longest <- min(2 * longest + 1, longest_sequence)
    }
    store <- cpp_store_create(
        path.expand(state$directory), longest, state$centroids,
        if (by_centroid(state)) ncol(state$centroids) else hash_preclusters,
        state$v_gene != "none", state$j_gene != "none",
        parameters_to_text(state), is_durable(state$directory),
        check_threads(state$n_cpus)
    )
    state$store_id <- cpp_store_describe(store)$id
    self$handle$store <- store
    store
}

# The default directory ends with the object; a directory the user has named is
# the user's. A forked child's garbage collector must leave the parent's alone.
own_temporary_directory <- function(self) {
    directory <- tempfile("clustcr-")
    self$state$directory <- directory
    self$state$own_directory <- TRUE
    owner <- Sys.getpid()
    # The store is opened anew, for its pointer may have ended before.
    reg.finalizer(self$handle, function(handle) {
        if (Sys.getpid() == owner && cpp_store_exists(directory)) {
            handle$store <- NULL
            try(cpp_store_remove(open_store(directory), "", 0), silent = TRUE)
        }
    })
}

work_directory_text <- function(self) {
    if (is.null(self$state$work_directory)) "" else
        path.expand(self$state$work_directory)
}

stored_batches <- function(self) {
    batches <- cpp_store_batches(store_pointer(self))
    structure(data.frame(repertoire_id = batches$name, rows = batches$rows),
        class = c("clustcr_batches", "data.frame"))
}

cleanup_store <- function(self, wait) {
    wait <- check_number(wait, "wait", 0)
    directory <- self$state$directory
    remove <- function() {
        if (!has_store(self)) return()
        for (beside in registered("beside")) beside(directory)
        tryCatch(
            cpp_store_remove(
                store_pointer(self), work_directory_text(self), wait
            ),
            # Removed by another object: the same in the end.
            clustcr_error_gone = function(e) NULL
        )
    }
    guarded <- Reduce(function(inner, guard) {
        force(inner)
        force(guard)
        function() guard(directory, wait, inner)
    }, registered("guard"), remove)
    guarded()
    self$handle$store <- NULL
    self$handle$run <- NULL
    self$state$store_id <- ""
    forget_run(self$state)
}

# One row a batch: its name, and how many sequences were given, accepted, and
# skipped for which reason.
audit_table <- function(batches) {
    counts <- batches$counts
    usual <- setdiff(cpp_problem_names(), c("none", "missing_chain"))
    reasons <- setdiff(colnames(counts), "none")
    seen <- reasons[colSums(counts[, reasons, drop = FALSE]) > 0]
    columns <- c("none", usual, setdiff(seen, usual))
    table <- matrix(0, nrow(counts), length(columns),
        dimnames = list(NULL, columns))
    there <- intersect(columns, colnames(counts))
    table[, there] <- counts[, there]
    colnames(table)[1L] <- "accepted"
    data.frame(repertoire_id = batches$name, given = rowSums(table),
        as.data.frame(table))
}

# Read a precluster from a store: man/readPrecluster.Rd.
readPrecluster <- function(directory, precluster) {
    directory <- check_string(directory, "directory")
    precluster <- check_number(precluster, "precluster", 1, whole = TRUE)
    structure(as.data.frame(cpp_store_read(open_store(directory), precluster)),
        class = c("clustcr_batches", "data.frame"))
}
