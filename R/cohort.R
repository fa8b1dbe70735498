#' Cluster the repertoires of a cohort
#'
#' From files to clusters in one call: reads each file with [readRepertoire()],
#' keeps its receptors in a directory, links those that are neighbours and
#' clusters the graph. No step needs the cohort in memory. Called again with
#' the same arguments and directory it goes on where it was stopped.
#'
#' @param files What to read: paths of files, folders (all tables in them) or
#'     patterns such as `"runs/*.tsv.gz"`, names of the vector being names of
#'     the repertoires; or a sample sheet, a data.frame or the path of a table
#'     (.tsv, .csv, .txt) with a column `file`, `repertoire_id` (or `sample_id`,
#'     `sample`) and any others. Files of a table are relative to it. Without
#'     `repertoire_id` repertoires are called after their files. One file is
#'     one repertoire, unless a column of it (`repertoire_id`, or `sample_id`,
#'     `sample`, `RunId` and the like) says that it holds several: then each is
#'     one, as if it had a file of its own, in the order of the C locale, and a
#'     message says so. In a sheet such a file has a row for each of them, or
#'     one without `repertoire_id`; where one name is given for it, all rows are
#'     taken as one repertoire. Pipes that are named here are read once, into
#'     [tempdir()], and each is one repertoire; those in folders are left out,
#'     and told.
#' @param samples A sample sheet for `files` that are not one: a data.frame or
#'     the path of a table with `file` or names of samples (`repertoire_id`,
#'     `sample_id`, `sample`, `sample_name`, in any spelling) and any other
#'     columns. Each file must have a row and each row a file. A folder's own
#'     sheet (the one table in it that has a column `file` or `file_name`, such
#'     as VDJtools' `metadata.txt`) is taken where this is `NULL`.
#' @param directory Where receptors and clusters are kept; made if it is not
#'     there. Default: a temporary one that ends with the session.
#' @param output A file to write the clusters to, as [writeClusters()] does, its
#'     format by the ending. Default: none.
#' @param method `"mcl"` (Markov clustering of the whole graph), `"components"`
#'     (its connected components), or the published `"two-step"` and `"faiss"`,
#'     for which a first pass over all files counts and draws a sample. See
#'     [Clustering].
#' @param chain `"TRB"` (default), `"TRA"`, `"TRG"` or `"TRD"`, or for pairs
#'     `c("TRA", "TRB")` or `c("TRG", "TRD")`; short `"B"`, `"A"`, `"G"`, `"D"`,
#'     `"AB"`, `"GD"`. Rows of other loci are left out and counted.
#' @param v_gene Whether neighbours must have the same V `"gene"` (default),
#'     `"family"` or `"allele"`, or `"none"`. Receptors without a V gene are a
#'     group of their own, so that files without genes are clustered as by
#'     `"none"`.
#' @param mcl_params Inflation and expansion of MCL. Larger inflation gives
#'     smaller clusters.
#' @param format,columns As of [readRepertoire()], for all files.
#' @param on_error What to do with a file that can't be read: `"stop"`, or
#'     `"skip"`: go on without it and warn of it at the end. It is tried again
#'     by the next call.
#' @param changed What to do with a file that is not what it was when it was
#'     read: `"stop"`, or `"replace"` what is kept of it. Told by size and the
#'     MD5 of its first and last megabyte.
#' @param n_cpus Threads: a count, or `"all"`. No result depends on it.
#' @param memory_limit What a step of clustering may take, roughly; see
#'     [Clustering].
#' @param wait How many seconds to wait for another process that is at work in
#'     `directory`.
#' @param chunk_size Rows of a file to read at a time. Default: of files of
#'     more than an eighth of `memory_limit` (unpacked, by estimate) a million,
#'     others whole. For pairs all are read whole.
#' @param singletons Whether a receptor without a neighbour is a cluster of its
#'     own. Default: it is in none. One directory may have both.
#' @param BPPARAM A `BiocParallelParam`, such as `BiocParallel::SnowParam(4)` or
#'     a `BatchtoolsParam`: files are read and components clustered by its
#'     workers, on one machine or on those of a cluster; the result is the same.
#'     `directory` and files must be seen by all of them. `n_cpus` are the
#'     threads of a worker then; where it is not given, what the worker was
#'     granted. See `vignette("cluster-engine")`. Default: this process alone.
#' @param j_gene,missing_genes,distance,max_distance,missing_chain Which
#'     receptors are neighbors, as in [Clustering()].
#' @param borders,seed,faiss_cluster_size,max_sequence_size,divide For the
#'     methods with k-means, as in [Clustering()].
#' @param productive,cells_only,species,header,skip How files are read, as in
#'     [readRepertoire()].
#' @param ... `inflation` or `expansion` instead of `mcl_params`. Any other
#'     argument is an error that names the nearest one.
#'
#' @section Defaults:
#' Those of [Clustering] are the published ones; these are chosen by what they
#' do to receptors whose epitope is known, and by their cost. Of VDJdb's 6,873
#' human beta chains (MCL, Hamming distance 1) and of a million real ones:
#'
#' | V | inflation | purity | consistency | retention | seconds a million |
#' |---|--:|--:|--:|--:|--:|
#' | none | 1.2 | 0.783 | 0.200 | 0.277 | 68.6 |
#' | none | 1.5 | 0.815 | 0.172 | 0.277 | 31.9 |
#' | none | 2 | 0.831 | 0.136 | 0.277 | 21.3 |
#' | gene | 1.2 | 0.932 | 0.241 | 0.208 | 11.5 |
#' | gene | 1.5 | 0.941 | 0.216 | 0.208 | 3.5 |
#' | gene | 2 | 0.943 | 0.173 | 0.208 | 3.5 |
#'
#' V genes make clusters purer than any inflation does, at the price of a
#' quarter of the receptors in clusters. Within V genes inflation 1.5 has
#' nearly all the purity that 2 has, most of the consistency of 1.2, and the
#' speed of 2. (`inst/benchmarks/defaults.R`, with the other sets; seconds are
#' medians of 5 runs on 2 busy cores.) What genes and distances do:
#'
#' \if{html}{\figure{genes_and_distances.png}{options: width="100\%" alt="Purity, consistency and retention of clusters of labelled receptors by V gene, distance and method"}}
#'
#' @section Going on:
#' What is in the directory stays: files that are in are not read again, others
#' are added, and clusters are made anew where there are other files. After a
#' kill the file that was being read is read again. An argument that differs
#' from the call before is an error that names it; `n_cpus`, `memory_limit`,
#' `chunk_size`, `on_error`, `changed`, `wait`, `output`, `singletons` and what
#' `samples` says of repertoires may differ. One call at a time works in a
#' directory: another waits, and is `clustcr_error_locked`, with the name of the
#' process at work, after that. The lock ends with its process, however it ends.
#' `Clustering(directory = )$batch_cleanup()` removes all that is kept.
#'
#' @section Messages:
#' On a terminal one progress bar; otherwise a line for each stage, which
#' `suppressMessages()` silences; in documents neither. Time and peak memory of
#' the object are those of the last call, and of the process (where the system
#' tells it).
#' @return A [RepertoireClusters] object.
#' @section Errors:
#' `clustcr_error_invalid_argument` where an argument is not what it must be, or
#' differs from the call before; `clustcr_error_samples` where sheet and files
#' do not fit; `clustcr_error_format` and `clustcr_error_io` where a file can't
#' be read (see `on_error`); `clustcr_error_changed` where one has changed;
#' `clustcr_error_exists` where `directory` holds another store. Others are
#' those of [Clustering].
#' @seealso [RepertoireClusters] for what can be done with it,
#'     [writeClusters()], [associateClusters()], [readRepertoire()] for the
#'     formats.
#' @export
#' @examples
#' folder <- system.file("extdata", "cohort", package = "clustcr")
#' samples <- data.frame(
#'     repertoire_id = paste0("sample_", 1:6),
#'     group = rep(c("case", "control"), each = 3)
#' )
#' x <- clusterRepertoires(folder, samples)
#' x
#' head(x)
#' associateClusters(x, "group")
clusterRepertoires <- function(files, samples = NULL, directory = NULL,
                               output = NULL, method = "mcl", chain = "B",
                               v_gene = "gene", inflation = 1.5,
                               expansion = 2,
                               format = "auto", columns = NULL,
                               on_error = c("stop", "skip"),
                               changed = c("stop", "replace"), n_cpus = 1,
                               memory_limit = "2GB", chunk_size = NULL,
                               wait = 10, singletons = FALSE, BPPARAM = NULL,
                               j_gene = "none", missing_genes = "group",
                               distance = "hamming", max_distance = 1,
                               missing_chain = "skip", borders = "join",
                               seed = 42, faiss_cluster_size = 5000,
                               max_sequence_size = NULL, divide = FALSE,
                               productive = TRUE, cells_only = FALSE,
                               species = "human", header = NULL, skip = 0,
                               ...) {
    began <- proc.time()[["elapsed"]]
    threads <- if (!missing(n_cpus)) n_cpus
    given <- c(inflation = !missing(inflation), expansion =
        !missing(expansion))
    mcl_params <- cohort_mcl_params(inflation, expansion, given,
        old_arguments(further = "mcl_params")$mcl_params)
    reading <- mget(parameters_of(level = "reading"), environment())
    clustering <- mget(c(parameters_of(level = clustering_levels,
        cohort = TRUE), "n_cpus", "memory_limit"), environment())
    sheet <- cohort_sheet(files, samples, reading)
    progress <- cohort_progress()
    on.exit(progress$finish())
    on.exit(forget_divided(), add = TRUE)
    plan <- cohort_plan(sheet, directory, clustering, reading, on_error,
        changed, chunk_size, wait, singletons, output, BPPARAM, threads,
        progress)
    on.exit(unlink(plan$temporary), add = TRUE)
    begun <- make_cohort_folder(plan$directory)
    done <- FALSE
    on.exit(if (begun && !done) forget_cohort(plan$directory), add = TRUE)
    release <- lock_cohort(plan$directory, plan$wait, progress$say)
    on.exit(release(), add = TRUE, after = FALSE)
    found <- open_cohort(plan)
    granted <- NULL
    if (!is.null(plan$engine)) {
        withr::local_preserve_seed()
        stop_workers <- start_workers(plan$engine)
        on.exit(stop_workers(), add = TRUE, after = FALSE)
        granted <- check_workers(plan$engine, plan$directory,
            Filter(file.exists, plan$paths))
    }
    read <- read_cohort(plan, found)
    x <- cluster_cohort(plan, read, granted, began)
    done <- TRUE
    if (!is.null(output)) {
        progress$step("Writing", 0)
        writeClusters(x, output)
        progress$say("Wrote '", output, "'.")
    }
    warn_of_failures(read$failed)
    x
}

# `mcl_params` is what both were before 0.3.0.
cohort_mcl_params <- function(inflation, expansion, given, mcl_params) {
    if (is.null(mcl_params)) {
        return(c(check_inflation(inflation), check_number(expansion,
            "expansion", 2, 100, TRUE)))
    }
    if (any(given)) {
        bad_argument("`mcl_params` or `", names(which(given))[1L], "` must be ",
            "given, not both: `mcl_params` is c(inflation, expansion)")
    }
    deprecated("`mcl_params = c(1.5, 2)` of `clusterRepertoires()` is ",
        "`inflation = 1.5, expansion = 2` now")
    check_mcl_params(mcl_params)
}

warn_of_failures <- function(failed) {
    if (!nrow(failed)) return(invisible())
    warning(count_words(nrow(failed), "file", "files"),
        " could not be read and ", if (nrow(failed) == 1L) "is" else "are",
        " left out: ", paste0("\n  ", failed$repertoire_id, ": ",
            failed$error, collapse = ""), call. = FALSE)
}
