# From what users name - paths, folders, patterns, a sample sheet - to a sheet
# with `repertoire_id`, `file` and what else is known of each repertoire.

cohort_sheet <- function(files, samples = NULL, reading = list(),
                         on_error = "stop") {
    files <- plain_frame(files)
    samples <- plain_frame(samples)
    if (is.data.frame(files) || is_sheet_file(files)) {
        if (!is.null(samples)) {
            bad_argument("`samples` must be left out where `files` is a ",
                "sample sheet already")
        }
        sheet <- if (is.data.frame(files)) as_sheet(files, getwd(), "files")
            else read_sheet(files, "files")
        if (is.null(sheet$file)) {
            bad_argument("`files` must have a column `file`, where it is a ",
                "sample sheet, or `junction_aa`, where it is a table of ",
                "receptors; it has ", shown_names(names(sheet)))
        }
        sheet <- with_named_parts(sheet, reading, on_error)
        named <- !is.null(sheet$repertoire_id)
        # One that is there twice is an error of its own.
        if (!named) sheet$repertoire_id <- ids_of_files(sheet$file)
        sheet <- divide_files(sheet, reading, named)
        sheet <- whole_repertoires(sheet, reading, named, on_error)
        return(finish_sheet(sheet))
    }
    if (!is.character(files) || !length(files) || anyNA(files) ||
        !all(nzchar(files))) {
        bad_argument("`files` must name files, folders or patterns, or be a ",
            "sample sheet, not ", given(files))
    }
    found <- find_cohort_files(files, reading, on_error)
    if (is.null(samples) && length(found$sheet)) {
        inform("sheet", "The sample sheet is '", found$sheet, "'.")
        samples <- found$sheet
    }
    ids <- if (is.null(names(found$files))) ids_of_files(found$files)
        else names(found$files)
    sheet <- data.frame(repertoire_id = ids, file = unname(found$files))
    named <- !is.null(names(found$files))
    sheet <- divide_files(sheet, reading, named)
    if (!is.null(samples)) {
        ids <- sheet$repertoire_id
        sheet <- join_samples(sheet, samples)
        named <- named || any(sheet$repertoire_id != ids)
    }
    finish_sheet(whole_repertoires(sheet, reading, named, on_error))
}

# A sheet as clusterSamples() gives it: rows for each of "a.tsv; b.tsv", and the
# table that a folder of parts is.
with_named_parts <- function(sheet, reading, on_error) {
    parts <- lapply(sheet$file, function(file) {
        found <- named_parts(file)
        if (length(found) && all(file.exists(found))) found else file
    })
    folders <- unique(sheet$file[dir.exists(sheet$file) & lengths(parts) > 1L])
    for (folder in folders) {
        found <- dataset_in_folder(folder, list.files(folder,
            full.names = TRUE), reading, on_error)
        if (length(found$tables) == 1L) {
            parts[sheet$file == folder] <- found$tables
        }
    }
    own <- rep(seq_along(parts), lengths(parts))
    files <- unlist(parts)
    sheet <- sheet[own, , drop = FALSE]
    sheet$file <- files
    rownames(sheet) <- NULL
    sheet
}

# Text with a header that has a column of files and none of CDR3s.
is_sheet_file <- function(file) {
    is.character(file) && length(file) == 1L && !is.na(file) &&
        any(normal_name(sheet_header(file)) %in% file_names)
}

# list(files, sheet): the files of folders and patterns, and the sample sheet
# of a folder that has one.
find_cohort_files <- function(files, reading, on_error) {
    found <- sheets <- character()
    for (i in seq_along(files)) {
        path <- path.expand(local_file(files[i]))
        matched <- if (file.exists(path)) path
            else plain_files(Sys.glob(path))
        if (!length(matched)) {
            bad_argument("`files` must name what is there; nothing is ",
                "called, or matches, ", given(files[i]))
        }
        folders <- dir.exists(matched)
        inside <- tables_in_folders(matched[folders], reading, on_error)
        sheets <- c(sheets, inside$sheets)
        matched <- matched[!folders]
        if (!is.null(names(files)) && length(matched) == 1L) {
            names(matched) <- names(files)[i]
        }
        found <- c(found, inside$tables, matched)
    }
    if (!is.null(names(found)) && !all(nzchar(names(found)))) {
        found <- unname(found)
    }
    refuse_second_names(found)
    list(
        files = found[!duplicated(unname(found))],
        sheet = if (length(sheets) == 1L) unname(sheets)
    )
}

# A file may be found twice, by a pattern and by itself; with two names it is
# two repertoires, of which one was lost.
refuse_second_names <- function(found) {
    if (is.null(names(found))) return(invisible())
    again <- found[duplicated(unname(found))]
    for (file in again) {
        named <- unique(names(found)[found == file])
        if (length(named) > 1L) {
            bad_argument("`files` must name each file once; ",
                shown_file(file), " is there as ", name_some(named))
        }
    }
}

table_endings <- paste0("[.](tsv|csv|txt)([.](gz|bz2|xz|zst|zip))?$|",
    "[.](zip|parquet)$")

tables_in_folders <- function(folders, reading, on_error) {
    found <- lapply(folders, function(folder) {
        inside <- list.files(folder, full.names = TRUE)
        inside <- inside[!dir.exists(inside) &
            grepl(table_endings, inside, ignore.case = TRUE)]
        inside <- plain_files(inside)
        contigs <- contigs_in_folder(folder, inside)
        if (length(contigs)) return(list(tables = contigs))
        dataset <- dataset_in_folder(folder, inside, reading, on_error)
        if (!is.null(dataset)) return(dataset)
        of_samples <- vapply(inside, is_sheet_file, NA)
        if (!any(of_samples)) of_samples <- is_sheet_of(inside)
        if (all(of_samples)) refuse_folder(folder)
        list(tables = inside[!of_samples], sheets = inside[of_samples])
    })
    list(tables = unlist(lapply(found, `[[`, "tables")),
        sheets = unlist(lapply(found, `[[`, "sheets")))
}

contigs_of_cells <- "^filtered_contig_annotations[.]csv([.]gz)?$"

# What Cell Ranger has left in a folder, or below one that has no tables of its
# own: the filtered contigs of each sample, and no other of its tables.
contigs_in_folder <- function(folder, inside) {
    of_cells <- function(files) {
        files[grepl(contigs_of_cells, basename(files))]
    }
    contigs <- of_cells(inside)
    others <- setdiff(inside, contigs)
    if (!length(inside)) {
        contigs <- of_cells(list.files(folder, full.names = TRUE,
            recursive = TRUE))
        # Receptors of B cells lie beside.
        contigs <- contigs[basename(dirname(contigs)) != "vdj_b"]
    }
    if (!length(contigs)) return(character())
    inform("sheet", shown_file(folder), " has ", count_text(length(contigs),
        "table"), " of Cell Ranger's filtered contigs",
        if (length(contigs) > 1L) paste0(", of ",
            name_some(ids_of_files(contigs), 5L)),
        if (length(others)) paste0("; its other tables (",
            name_some(basename(others), 3L), ") are not read"), ".")
    contigs
}

# Which of the files of a folder is a sheet by the names of the others: a text
# of no format of receptors with a column of them.
is_sheet_of <- function(files) {
    named <- vapply(files, function(file) {
        length(id_columns(sheet_header(file))) > 0L
    }, NA)
    ids <- ids_of_files(files[!named])
    named[named] <- vapply(files[named], function(file) {
        sheet <- tryCatch(suppressMessages(read_sheet(file, "files", ids)),
            clustcr_error = function(e) NULL)
        any(sheet$repertoire_id %in% ids)
    }, NA)
    named
}

# A folder of folders gets the call that reads what is in them.
refuse_folder <- function(folder) {
    below <- list.files(folder, recursive = TRUE)
    pattern <- "[.](tsv|csv|txt|parquet)([.]gz)?$"
    below <- grep(pattern, below, value = TRUE)
    bad_argument(
        "`files` must name folders with tables (.tsv, .csv, .txt, compressed ",
        "or not, .parquet); ", shown_file(folder), " has none",
        if (length(below)) paste0(" itself, but ", count_text(length(below),
            "table"), " in folders below, such as ", shown_file(below[1L]),
            ". To read them: clusterRepertoires(list.files(",
            encodeString(folder, quote = "\""), ", ",
            encodeString(pattern, quote = "\""),
            ", recursive = TRUE, full.names = TRUE))")
    )
}

# Without what is called like a table, but is none: a pipe in a folder would be
# waited for, and nobody has named it.
plain_files <- function(paths) {
    kinds <- vapply(paths, cpp_file_kind, "", USE.NAMES = FALSE)
    words <- c(pipe = "is a pipe", other = "is a device or socket",
        absent = "is a link to nowhere")
    for (i in which(kinds %in% names(words))) {
        inform("left_out", shown_file(paths[i]), " is left out: it ",
            words[[kinds[i]]], ". Pipes are read if you name them one by ",
            "one")
    }
    paths[!kinds %in% names(words)]
}

no_such_file <- function(file) {
    if (file %in% names(unreadable)) stop(unreadable[[file]]$error)
    if (cpp_file_kind(file) == "pipe") {
        raise_error("io", paste0("nobody writes to the pipe '", file, "'"))
    }
    raise_error("io", paste0("there is no file '", file, "'"))
}

# What a sheet knows of files that were named by themselves: matched by file,
# or else by repertoire_id. Each must be there.
join_samples <- function(sheet, samples) {
    ids <- sheet$repertoire_id
    known <- if (is.data.frame(samples)) {
        as_sheet(samples, getwd(), "samples", ids)
    } else {
        read_sheet(check_string(samples, "samples"), "samples", ids)
    }
    by <- intersect(c("file", "repertoire_id"), names(known))
    # Of a file with several repertoires each has a row of its own, or all one.
    divided <- is_divided(sheet)
    if (any(divided)) by <- rev(by)
    if (!length(by)) {
        bad_argument("`samples` must have a column `repertoire_id` (or ",
            "`sample_id`, `sample`, ...) or `file`; it has ",
            shown_names(names(known)))
    }
    key <- if (by[1L] == "file") basename else identity
    own <- key(sheet[[by[1L]]])
    other <- key(known[[by[1L]]])
    at <- match(own, other)
    if (anyNA(at)) {
        raise_error("samples", paste0(
            "each of `files` must have a row in `samples`; ",
            name_some(own[is.na(at)]), " has none", if (length(other)) {
                paste0(" (`", by[1L], "` of `samples` is ",
                    name_some(other, 3L), ")")
            }
        ))
    }
    if (anyDuplicated(other)) {
        raise_error("samples", paste0("each `", by[1L], "` must be in ",
            "`samples` once; ", name_some(unique(other[duplicated(other)])),
            " is there more often"))
    }
    # Of one name they are files of one repertoire: whole_repertoires().
    again <- own[duplicated(at) & !divided & by[1L] == "file"]
    if (length(again)) {
        raise_error("samples", paste0("each of `files` must have a row of its ",
            "own in `samples`; several files are called ",
            name_some(unique(again)), ". Names of `files`, and a column ",
            "`repertoire_id` in place of `file`, tell them apart"))
    }
    missing <- setdiff(seq_along(other), at)
    if (length(missing)) {
        raise_error("samples", paste0(
            "each row of `samples` must have one of `files`; ",
            shown_row(known, missing[1L]), " has none",
            if (length(missing) > 1L) {
                paste0(", nor have ", shown_number(length(missing) - 1L),
                    " more: ", name_some(other[missing[-1L]]))
            }
        ))
    }
    rest <- known[at, setdiff(names(known), c("file", "repertoire_id")),
        drop = FALSE]
    if (!is.null(known$repertoire_id)) {
        sheet$repertoire_id <- known$repertoire_id[at]
    }
    cbind(sheet, rest)
}

finish_sheet <- function(sheet) {
    sheet$repertoire_id <- check_names(sheet$repertoire_id,
        "repertoire_id")
    twice <- unique(sheet$repertoire_id[duplicated(sheet$repertoire_id)])
    if (length(twice)) {
        raise_error("samples", paste0(
            "each `repertoire_id` of `files` must be there once; ",
            name_some(twice), if (length(twice) == 1L) " is" else " are",
            " there more often; a sample sheet names repertoires"
        ))
    }
    sheet$file <- vapply(sheet$file, absolute_path, "", "files",
        USE.NAMES = FALSE)
    first <- c("repertoire_id", "file")
    sheet <- sheet[c(first, setdiff(names(sheet), first))]
    rownames(sheet) <- NULL
    sheet
}
