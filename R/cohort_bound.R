# Repertoires of several files - lanes, chains, chunks - which a sheet, or the
# names of the files, give one name: they are read as one file, the rows of one
# behind those of the other, so that the chains of a cell come together. Files
# of other columns: read_bound.R.

# The sheet with a row for each repertoire. `named`: whether somebody has named
# them.
whole_repertoires <- function(sheet, reading, named, on_error = "stop") {
    own <- if (named) rep_len(TRUE, nrow(sheet))
        else of_one_sample(sheet) | !is.na(hive_repertoire(sheet$file))
    if (!named) tell_parts(sheet$repertoire_id[!own])
    bind_files(sheet, own, reading, on_error)
}

# Receptors of alpha and beta, and of gamma and delta, that Cell Ranger has
# found in one sample.
of_one_sample <- function(sheet) {
    folder <- dirname(sheet$file)
    own <- basename(folder) %in% c("vdj_t", "vdj_t_gd")
    key <- paste(sheet$repertoire_id, dirname(folder), sep = "\t")
    own & key %in% key[own][duplicated(key[own])]
}

# `own`: which rows may be parts.
bind_files <- function(sheet, own, reading, on_error) {
    parted <- unique(sheet$repertoire_id[duplicated(sheet$repertoire_id) &
        !is_divided(sheet) & own])
    if (!length(parted)) return(sheet)
    check_parts_agree(sheet, parted)
    asked <- asked_reading(reading)
    folder <- tempfile("bound-")
    dir.create(folder)
    for (k in seq_along(parted)) {
        rows <- which(sheet$repertoire_id == parted[k] & own)
        files <- sheet$file[rows]
        path <- file.path(folder, paste0(k, ".csv"))
        file_labels[[path]] <- paste("repertoire", given(parted[k]))
        remember_parts(path, paste(files, collapse = "; "))
        bind_or_skip(files, path, asked, on_error, paste("Repertoire",
            given(parted[k]), "is"))
        sheet$file[rows[1L]] <- path
        sheet <- sheet[-rows[-1L], , drop = FALSE]
        own <- own[-rows[-1L]]
    }
    sheet
}

# Files that are named as the parts of one are repertoires each, if nobody says
# otherwise: that is told.
tell_parts <- function(ids) {
    whole <- sub(paste0("[._-](L00[1-9]|lane[0-9]+|TR[ABGD]|alpha|beta|",
        "(part|chunk)[._-]?[0-9]+)(?=[._-]|$)"), "", ids, ignore.case = TRUE,
        perl = TRUE)
    parts <- whole != ids & whole %in% whole[duplicated(whole)]
    if (!any(parts)) return(invisible())
    some <- ids[whole == whole[parts][1L]]
    inform("sheet", "Files that look like parts of one repertoire (",
        name_some(some, 3L), ") are a repertoire each. A sheet that gives ",
        "them one `repertoire_id` takes them as one.")
}
