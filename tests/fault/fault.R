# Fails system calls on a store's files, one at a time, while a run of three
# batches is preclustered and clustered: what comes is a typed R error or the
# right result, and afterwards the run is completed to the same clusters.
#
#   Rscript tests/fault/fault.R [CASES]      CASES of all faults; default: all
#
# From the tests: source() with `fault_quiet` set, then call fault_*().

fault_folder <- local({
    file <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
    if (length(file)) dirname(file[1]) else "."
})

# Compiles the shim; the path of it, or NULL where there is no compiler.
fault_shim <- function(folder = fault_folder, to = tempdir()) {
    compiler <- Sys.which(c("cc", "gcc", "clang"))
    compiler <- compiler[nzchar(compiler)]
    if (!length(compiler)) return(NULL)
    shim <- file.path(to, "fault_shim.so")
    status <- system2(compiler[1], c(
        "-O1", "-shared", "-fPIC", "-o", shQuote(shim),
        shQuote(file.path(folder, "fault_shim.c")), "-ldl"
    ))
    if (status != 0) stop("can't compile fault_shim.c")
    shim
}

# Runs child.R under the shim: list(calls, cases). The store lies outside
# tempdir(), so that it is a durable one.
fault_run <- function(shim, borders, cases, seed = 1, folder = fault_folder) {
    store <- tempfile("clustcr-fault-", dirname(tempdir()))
    on.exit(unlink(store, recursive = TRUE))
    output <- suppressWarnings(system2(
        file.path(R.home("bin"), "Rscript"),
        shQuote(c(file.path(folder, "child.R"), shim, store, borders, seed,
            cases)),
        stdout = TRUE, stderr = TRUE, env = fault_environment(shim)
    ))
    status <- attr(output, "status")
    if (!is.null(status) || !identical(utils::tail(output, 1), "end")) {
        stop("the process ended with status ", status, ":\n",
            paste(utils::tail(output, 5), collapse = "\n"))
    }
    lines <- strsplit(grep("^(calls|end)", output, value = TRUE,
        invert = TRUE), " ")
    list(
        calls = as.integer(sub("calls ", "", grep("^calls", output,
            value = TRUE))),
        cases = data.frame(
            borders = borders,
            kind = vapply(lines, `[`, "", 1),
            at = as.integer(vapply(lines, `[`, "", 2)),
            failed = as.integer(vapply(lines, `[`, "", 3)),
            outcome = vapply(lines, function(x) {
                trimws(paste(x[-(1:3)], collapse = " "))
            }, "")
        )
    )
}

# The system calls of a durable store in their order, from order.R: a data
# frame of call (write, fsync, syncfs, rename, remove), path and to, below the
# store's folder.
fault_order <- function(shim, folder = fault_folder) {
    store <- tempfile("clustcr-fault-", dirname(tempdir()))
    record <- tempfile("fault-order-")
    on.exit(unlink(c(store, record), recursive = TRUE))
    output <- suppressWarnings(system2(
        file.path(R.home("bin"), "Rscript"),
        shQuote(c(file.path(folder, "order.R"), shim, store, record)),
        stdout = TRUE, stderr = TRUE, env = fault_environment(shim)
    ))
    if (!identical(utils::tail(output, 1), "end")) {
        stop("the process ended early:\n",
            paste(utils::tail(output, 5), collapse = "\n"))
    }
    calls <- utils::read.delim(record, header = FALSE, quote = "",
        col.names = c("call", "path", "to"), colClasses = "character",
        na.strings = NULL)
    shorter <- function(path) {
        ifelse(nzchar(path), sub("^/", "", substring(path, nchar(store) + 1)),
            "")
    }
    calls$path <- shorter(calls$path)
    calls$to <- shorter(calls$to)
    calls
}

# What a child needs to find the shim and this library.
fault_environment <- function(shim) {
    library_path <- dirname(find.package("clustcr"))
    c(
        paste0("LD_PRELOAD=", shim),
        paste0("R_LIBS=", paste(c(library_path, .libPaths()),
            collapse = .Platform$path.sep))
    )
}

# The cases that went wrong.
fault_problems <- function(cases) {
    typed <- grepl("^clustcr_error_[a-z_]+$", cases$outcome)
    none <- cases$outcome == "no error"
    # A part of the bytes and an interrupted call are no errors.
    harmless <- cases$kind %in% c("eintr", "short", "shorter")
    cases[!(none | typed & !harmless), ]
}

# A file system of a `size` such as "3m" at a new folder, or NULL where this
# process may not mount.
small_disk <- function(size) {
    folder <- tempfile("clustcr-disk-", dirname(tempdir()))
    dir.create(folder)
    status <- suppressWarnings(system2(
        "mount", c("-t", "tmpfs", "-o", paste0("size=", size), "tmpfs",
            shQuote(folder)),
        stdout = FALSE, stderr = FALSE
    ))
    if (status == 0) return(folder)
    unlink(folder, recursive = TRUE)
    NULL
}

remove_disk <- function(folder) {
    system2("umount", shQuote(folder))
    unlink(folder, recursive = TRUE)
}

if (!exists("fault_quiet")) {
    cases <- c(commandArgs(TRUE), "all")[1]
    shim <- fault_shim()
    if (is.null(shim)) stop("there is no C compiler")
    found <- NULL
    for (borders in c("cut", "join")) {
        run <- fault_run(shim, borders, cases)
        cat("borders = \"", borders, "\": ", run$calls, " calls, ",
            nrow(run$cases), " cases, in ", sum(run$cases$failed > 0),
            " of them calls failed\n", sep = "")
        found <- rbind(found, run$cases)
    }
    print(table(found$kind[found$failed > 0], found$outcome[found$failed > 0]))
    problems <- fault_problems(found)
    print(problems)
    if (nrow(problems)) quit(status = 1)
    cat("All errors were typed, all runs were completed to the same clusters\n")
}
