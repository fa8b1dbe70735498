# Clusters as Parquet, a file or a folder of them, by the package arrow, or else
# nanoparquet. No more than a part is in memory.

check_parquet <- function() {
    if (!has_package("arrow") && !has_package("nanoparquet")) {
        raise_error("missing_package", paste0(
            "`format` \"parquet\" needs the package arrow or nanoparquet, and ",
            "neither is installed: ", install_call("nanoparquet")
        ))
    }
}

# `walk(put)` calls put() with a table after the other.
write_parquet <- function(x, path, columns, name) {
    check_parquet()
    none <- call_clusters(empty_unit(x, columns), name)
    walk <- function(put) {
        walk_units(x, function(table) put(call_clusters(table, name)), columns)
    }
    if (has_package("arrow")) write_by_arrow(none, walk, path)
    else write_by_nanoparquet(none, walk, path)
}

# A folder of them, as DuckDB, arrow and Spark take it for one table. Each part
# has whole clusters.
names_of_parts <- "^part-[0-9]{5,}[.]parquet$"
rows_of_a_part <- 1e6

is_folder_of_parts <- function(file) {
    is.character(file) && length(file) == 1L && grepl("[/\\\\]$", file)
}

write_parquet_parts <- function(x, folder, columns, name) {
    check_parquet()
    held <- list()
    rows <- n <- 0
    put <- function() {
        path <- file.path(folder, sprintf("part-%05d.parquet", n))
        table <- call_clusters(as.data.frame(data.table::rbindlist(held)), name)
        tryCatch(
            if (has_package("arrow")) arrow::write_parquet(table, path)
            else nanoparquet::write_parquet(table, path),
            error = function(e) cant_write(path, conditionMessage(e))
        )
        held <<- list()
        rows <<- 0
        n <<- n + 1
    }
    walk_units(x, function(table) {
        held[[length(held) + 1L]] <<- table
        rows <<- rows + nrow(table)
        if (rows >= rows_of_a_part) put()
    }, columns)
    if (!n || rows) {
        if (!rows) held <- list(empty_unit(x, columns))
        put()
    }
}

# Row groups that are there stay as they are: no part is read again.
write_by_nanoparquet <- function(none, walk, path) {
    options <- nanoparquet::parquet_options(keep_row_groups = TRUE)
    first <- TRUE
    walk(function(table) {
        if (first) nanoparquet::write_parquet(table, path)
        else nanoparquet::append_parquet(table, path, options = options)
        first <<- FALSE
    })
    if (first) nanoparquet::write_parquet(none, path)
}

write_by_arrow <- function(none, walk, path) {
    schema <- arrow::arrow_table(none)$schema
    sink <- arrow::FileOutputStream$create(path)
    on.exit(sink$close())
    writer <- arrow::ParquetFileWriter$create(schema, sink)
    walk(function(table) {
        writer$WriteTable(arrow::arrow_table(table, schema = schema),
            chunk_size = nrow(table))
    })
    writer$Close()
}
