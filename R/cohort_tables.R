# Receptors that are in no file - tables, lists of them, cells, tables of a
# database - as files of this session: then all that holds for files holds for
# them, and their clusters are the same, byte for byte.

# list(files, samples) as cohort_sheet() takes them, from what users have.
cohort_input <- function(files, samples, chain, columns) {
    if (is_immunarch(files)) {
        if (is.null(samples)) samples <- files$meta
        files <- files$data
    }
    if (holds_receptors(files, columns) || is_cells(files) ||
        is_lazy_table(files)) {
        files <- list(data = files)
        named <- FALSE
    } else if (is.list(files) && !is_table(files)) {
        files <- as.list(files)
        check_tables(files)
        named <- TRUE
    } else {
        return(list(files = files, samples = samples))
    }
    folder <- tempfile("tables-")
    dir.create(folder)
    paths <- file.path(folder, paste0(seq_along(files), ".csv"))
    if (!named) paths <- file.path(folder, "data.csv")
    for (i in seq_along(files)) {
        label <- if (named) paste0("files[[", encodeString(names(files)[i],
            quote = "\""), "]]") else "files"
        file_labels[[paths[i]]] <- paste0("`", label, "`")
        remember_parts(paths[i], paste("in memory:", label))
        write_receptors(files[[i]], paths[i], chain, label)
    }
    if (named) names(paths) <- names(files)
    list(files = paths, samples = samples)
}

# What its repLoad() returns.
is_immunarch <- function(x) {
    is.list(x) && !is_table(x) && setequal(names(x), c("data", "meta"))
}

# A sample sheet has a column of files, and a table of receptors has CDR3s.
holds_receptors <- function(x, columns = NULL) {
    if (!is_table(x) || any(normal_name(names(x)) %in% file_names)) {
        return(FALSE)
    }
    any(grepl("^junction_aa", names(columns))) || "CTaa" %in% names(x) ||
        !is.null(recognised(as_header(names(x))))
}

check_tables <- function(files) {
    names <- names(files)
    if (!length(files) || is.null(names) || anyNA(names) ||
        !all(nzchar(names)) || anyDuplicated(names)) {
        bad_argument("`files`, a list of tables, must have a name for each, ",
            "all different: that of its repertoire",
            if (anyDuplicated(names)) paste0("; ",
                given(names[duplicated(names)][1L]), " is there twice"))
    }
    wrong <- !vapply(files, function(x) {
        is_table(x) || is_cells(x) || is_lazy_table(x)
    }, NA)
    if (any(wrong)) {
        bad_argument("`files`, a list, must hold tables of receptors; `files$",
            names[wrong][1L], "` is ", given(files[wrong][[1L]]))
    }
}

# Of cells and of scRepertoire's columns the receptors. Of pairs the reader
# takes the chain: beside columns of no chain it would fill a beta chain's
# blank V gene with the alpha chain's.
write_receptors <- function(x, path, chain, name) {
    if (is_lazy_table(x)) return(write_lazy_table(x, path))
    if (is_cells(x) || "CTaa" %in% names(x)) {
        x <- receptor_data(x, pair_of_chain(check_chain(chain)), name)
    }
    write_as_text(plain_frame(x), path, name = name)
}
