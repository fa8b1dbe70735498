# Tables that are no text, as text that the readers take: of Parquet files, of
# data.frames, and of databases a part at a time.

# Columns of lists can't be text, and hold no receptors.
write_as_text <- function(table, path, append = FALSE, name = NULL) {
    table <- as.data.frame(table)
    lists <- vapply(table, is.list, NA)
    if (any(lists) && !append && !is.null(name)) {
        inform("columns", "Columns of `", name, "` that hold lists are left ",
            "out: ", shown_names(names(table)[lists]), ".")
    }
    table <- table[!lists]
    table[] <- lapply(table, function(x) {
        if (is.factor(x)) levels(x) <- enc2utf8(levels(x))
        if (is.character(x)) enc2utf8(x) else x
    })
    tryCatch(
        data.table::fwrite(table, path, sep = ",", quote = "auto", na = "",
            append = append, scipen = 999L, showProgress = FALSE),
        error = function(e) {
            refuse_full_disk(conditionMessage(e), paste0("the copy of `",
                if (is.null(name)) "files" else name, "`"))
            stop(e)
        }
    )
}

rows_at_once <- 100000L

# A table of a database (dbplyr), or of arrow.
is_lazy_table <- function(x) {
    inherits(x, c("tbl_lazy", "tbl_sql", "ArrowObject", "arrow_dplyr_query"))
}

write_lazy_table <- function(x, path) {
    if (inherits(x, c("tbl_lazy", "tbl_sql"))) write_query(x, path)
    else write_arrow(x, path)
}

# By cursor, so that the whole is never in memory.
write_query <- function(x, path) {
    need_package("DBI", "a table of a database")
    need_package("dbplyr", "a table of a database")
    result <- DBI::dbSendQuery(dbplyr::remote_con(x), dbplyr::sql_render(x))
    on.exit(DBI::dbClearResult(result))
    write_text_parts(DBI::dbColumnInfo(result)$name, path, function() {
        part <- if (!DBI::dbHasCompleted(result))
            DBI::dbFetch(result, n = rows_at_once)
        if (NROW(part)) part
    })
}

write_arrow <- function(x, path) {
    need_package("arrow", "a table of arrow")
    reader <- arrow::as_record_batch_reader(x)
    write_text_parts(names(reader$schema), path, reader$read_next_batch)
}

# A group of rows at a time by arrow; nanoparquet has the whole in memory. What
# folders say of all rows is a column, if the file has none of that name.
write_parquet_as_text <- function(file, path) {
    said <- hive_columns(file)
    with_said <- function(part) {
        part <- as.data.frame(part)
        for (name in setdiff(names(said), names(part))) {
            part[[name]] <- rep_len(said[[name]], nrow(part))
        }
        part
    }
    if (!has_package("arrow")) {
        need_package("nanoparquet", "a Parquet file")
        return(write_as_text(with_said(nanoparquet::read_parquet(file)), path,
            name = basename(file)))
    }
    reader <- arrow::ParquetFileReader$create(file)
    group <- -1
    columns <- union(names(reader$GetSchema()), names(said))
    write_text_parts(columns, path, function() {
        group <<- group + 1
        if (group < reader$num_row_groups) {
            with_said(reader$ReadRowGroup(group))
        }
    })
}

# Folders that are called by a column's value.
is_partition <- function(folders) {
    grepl("^[^=]+=", basename(folders))
}

# list(column = value) of the folders that a file is in, the innermost last.
hive_columns <- function(file) {
    folders <- rev(strsplit(dirname(file), "/", fixed = TRUE)[[1L]])
    folders <- rev(folders[cumsum(!is_partition(folders)) == 0L])
    values <- vapply(sub("^[^=]+=", "", folders), utils::URLdecode, "",
        USE.NAMES = FALSE)
    values[values == "__HIVE_DEFAULT_PARTITION__"] <- ""
    stats::setNames(as.list(values), sub("=.*$", "", folders))
}

# Of each file the repertoire that its folders name; NA where they do not.
hive_repertoire <- function(files) {
    found <- rep_len(NA_character_, length(files))
    divided <- grepl("=", dirname(files), fixed = TRUE)
    found[divided] <- vapply(files[divided], function(file) {
        said <- hive_columns(file)
        at <- match(normal_name(usual_names$repertoire_id),
            normal_name(names(said)))
        at <- at[!is.na(at)]
        if (length(at) && nzchar(said[[at[1L]]])) said[[at[1L]]]
        else NA_character_
    }, "")
    found
}

# What `next_part()` gives until it gives NULL.
write_text_parts <- function(names, path, next_part) {
    first <- TRUE
    while (!is.null(part <- next_part())) {
        write_as_text(as.data.frame(part), path, append = !first)
        first <- FALSE
    }
    if (first) writeLines(paste(names, collapse = ","), path)
}
