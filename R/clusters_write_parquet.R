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

write_parquet <- function(x, path, columns, name) {
    check_parquet()
    sink <- parquet_sink(call_clusters(empty_unit(x, columns), name), path)
    on.exit(sink$close())
    walk_units(x, function(table) sink$put(call_clusters(table, name)),
        columns)
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
    none <- call_clusters(empty_unit(x, columns), name)
    n <- rows <- 0
    begin <- function() {
        sink <<- parquet_sink(none, file.path(folder, sprintf(
            "part-%05d.parquet", n)))
        n <<- n + 1
        rows <<- 0
    }
    sink <- NULL
    begin()
    on.exit(sink$close())
    walk_units(x, function(table) {
        if (rows >= rows_of_a_part) {
            sink$close()
            begin()
        }
        sink$put(call_clusters(table, name))
        rows <<- rows + nrow(table)
    }, columns)
}

# put(table) writes a row group, or some; close() the rest. `none` is a table
# without rows. Groups that are there stay as they are: no part is read again.
parquet_sink <- function(none, path) {
    force(path)
    if (has_package("arrow")) arrow_sink(none, path)
    else nanoparquet_sink(none, path)
}

nanoparquet_sink <- function(none, path) {
    options <- nanoparquet::parquet_options(keep_row_groups = TRUE)
    first <- TRUE
    put <- function(table) {
        if (first) nanoparquet::write_parquet(table, path)
        else nanoparquet::append_parquet(table, path, options = options)
        first <<- FALSE
    }
    list(put = put, close = function() if (first) put(none))
}

arrow_sink <- function(none, path) {
    schema <- arrow::arrow_table(none)$schema
    file <- arrow::FileOutputStream$create(path)
    writer <- arrow::ParquetFileWriter$create(schema, file)
    list(
        put = function(table) {
            writer$WriteTable(arrow::arrow_table(table, schema = schema),
                chunk_size = nrow(table))
        },
        close = function() {
            writer$Close()
            file$close()
        }
    )
}
