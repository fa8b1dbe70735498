# Of which repertoire the rows of a file are: by the user's word, by a column,
# or by the folder that a program has made for the sample.

# Cell Ranger's folders: <sample>/outs/ and per_sample_outs/<sample>/vdj_t/.
# NA where a file is in none of them.
sample_of_path <- function(file) {
    folder <- dirname(file)
    vapply(strsplit(folder, "/", fixed = TRUE), function(parts) {
        n <- length(parts)
        at <- utils::tail(which(parts == "per_sample_outs"), 1L)
        if (length(at) && at < n) return(parts[at + 1L])
        at <- utils::tail(which(parts == "outs"), 1L)
        if (length(at) && at > 1L && n - at <= 1L) return(parts[at - 1L])
        NA_character_
    }, "")
}

# The table with `repertoire_id`, where that is known.
with_repertoire <- function(table, options, file) {
    id <- options$repertoire_id
    if (!is.null(id)) {
        own <- unique(table$repertoire_id[nzchar(table$repertoire_id)])
        if (length(own) > 1L) {
            bad_argument("`repertoire_id` must be left out for ",
                shown_file(file), ", whose rows are of several repertoires (",
                name_some(own, 3L), ")")
        }
    } else {
        # Parts of a file are called by what its rows say.
        if (isTRUE(options$by_repertoire)) return(table)
        id <- sample_of_path(file)
        if (is.na(id) || !nzchar(id)) return(table)
        if (!is.null(table$repertoire_id)) {
            blank <- !nzchar(table$repertoire_id)
            if (any(blank)) table$repertoire_id[blank] <- id
            return(table)
        }
    }
    table$repertoire_id <- rep_len(id, nrow(table))
    table[intersect(c(our_columns, paired_columns), names(table))]
}

# The file's name without its endings; the folder's where files of several
# folders are called alike, as 10x's are.
ids_of_files <- function(files) {
    ending <- "([.](tsv|csv|txt|parquet))?([.](gz|bz2|xz|zst|zip))?$"
    ids <- sub(ending, "", basename(files), ignore.case = TRUE)
    folder <- basename(dirname(files))
    sample <- sample_of_path(files)
    folder[!is.na(sample)] <- sample[!is.na(sample)]
    hive <- hive_repertoire(files)
    divided <- !is.na(hive)
    if (any(divided)) {
        ids[divided] <- hive[divided]
        ids[!divided] <- ids_of_files(files[!divided])
        return(ids)
    }
    whole <- basename(files) == "annotations.parquet" &
        file.exists(file.path(dirname(files), "metadata.json"))
    ids[whole] <- folder[whole]
    if (anyDuplicated(ids)) {
        alike <- ids %in% ids[duplicated(ids)]
        if (length(unique(ids)) > 1L) {
            ids[alike] <- paste0(folder, "_", ids)[alike]
        } else {
            ids <- folder
        }
    }
    ids
}

# The names of the columns of a text that may be a sheet: none of a format of
# receptors.
sheet_header <- function(file) {
    # Who looks into a pipe has taken its beginning, or waits for ever.
    if (!grepl("[.](tsv|csv|txt)$", file, ignore.case = TRUE) ||
        cpp_file_kind(path.expand(file)) != "file") return(character())
    line <- tryCatch(
        readLines(file, 1L, warn = FALSE),
        error = function(e) character(), warning = function(w) character()
    )
    if (!length(line)) return(character())
    line <- from_latin1(line)
    line <- sub("^\ufeff?#?[ \t]*", "", line)
    if (!is.null(known_header(line, "auto"))) return(character())
    split_fields(line, guess_separator(line))
}
