# What a call of clusterRepertoires() is to do. It is checked before anything is
# made or read, and the same from then on: a list of
#
#   sheet       a row for each repertoire; `paths`: from where each is read;
#               `temporary`: those of them that are copies of pipes
#   directory   where it works
#   clustering  arguments of Clustering(); `reading`: of readRepertoire()
#   arguments   those of both that clusters depend on
#   progress    how it tells (cohort_progress()); `engine`: workers, or NULL
#   on_error, changed, chunk_size, wait, singletons, add   as they were given
cohort_plan <- function(sheet, directory, clustering, reading, on_error,
                        changed, chunk_size, wait, singletons, output,
                        cluster_column, BPPARAM, threads, progress, add) {
    # Checks the values.
    fields <- do.call(Clustering, clustering)
    do.call(reading_options, reading[names(reading) != "format"])
    check_choice(reading$format, "format", format_choices())
    plan <- list(
        sheet = sheet,
        directory = if (is.null(directory)) tempfile("clusters-")
            else absolute_path(directory, "directory"),
        clustering = clustering,
        reading = c(reading, list(locus = loci_of_chain(fields$state$chain))),
        arguments = without_later(c(
            mget(parameters_of(level = clustering_levels, cohort = TRUE),
                fields$state),
            reading
        )),
        on_error = check_choice(on_error, "on_error", c("stop", "skip")),
        changed = check_choice(changed, "changed", c("stop", "replace")),
        chunk_size = if (!is.null(chunk_size)) {
            check_number(chunk_size, "chunk_size", 1, whole = TRUE)
        },
        wait = check_number(wait, "wait", 0),
        singletons = check_flag(singletons, "singletons"),
        add = add, progress = progress
    )
    # Of a store that is there the centroids are trained.
    if (by_centroid(fields$state) && !cpp_store_exists(plan$directory)) {
        check_faiss(fields$state$method)
    }
    check_cluster_column(cluster_column)
    if (!is.null(output)) check_output(output, sheet$file)
    plan$engine <- if (!is.null(BPPARAM)) {
        cohort_engine(progress, BPPARAM, threads)
    }
    # The last, as a pipe can be read once.
    c(plan, spool_pipes(sheet$file, plan$on_error))
}

# Hours of work are not lost for want of a folder to write to.
check_output <- function(output, files) {
    in_parts <- is_folder_of_parts(output)
    output <- absolute_path(output, "output")
    format <- output_format(output, "auto", "output")
    if (format == "airr" && "pipe" %in% vapply(files, cpp_file_kind, "")) {
        bad_argument("`output` must end in \".tsv\" or the like if `files` ",
            "are pipes: AIRR tables need the files a second time, and ",
            "a pipe can be read only once")
    }
    if (in_parts && format == "parquet") {
        check_output_folder(output, names_of_parts)
    } else if (format != "airr") {
        check_place(output, "output")
    }
    if (format == "parquet") check_parquet()
}
