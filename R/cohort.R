# Cluster the repertoires of a cohort: man/clusterRepertoires.Rd.
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
                               add = FALSE, ambiguous_genes = "same",
                               cluster_column = "cluster", v_distance = NULL,
                               weighted = FALSE, ...) {
    began <- proc.time()[["elapsed"]]
    threads <- if (!missing(n_cpus)) n_cpus
    given <- c(inflation = !missing(inflation), expansion =
        !missing(expansion))
    mcl_params <- cohort_mcl_params(inflation, expansion, given,
        old_arguments(further = "mcl_params")$mcl_params)
    reading <- mget(parameters_of(level = "reading"), environment())
    clustering <- mget(c(parameters_of(level = clustering_levels,
        cohort = TRUE), "n_cpus", "memory_limit"), environment())
    if (missing(max_distance)) clustering$max_distance <- NULL
    input <- cohort_input(files, samples, chain, columns)
    sheet <- cohort_sheet(input$files, input$samples, c(reading,
        list(locus = loci_of_chain(check_chain(chain)))),
        check_choice(on_error, "on_error", c("stop", "skip")))
    if (check_flag(add, "add")) sheet <- with_earlier(sheet, directory)
    progress <- cohort_progress()
    on.exit(progress$finish())
    on.exit(forget_divided(), add = TRUE)
    plan <- cohort_plan(sheet, directory, clustering, reading, on_error,
        changed, chunk_size, wait, singletons, output, cluster_column, BPPARAM,
        threads, progress, add)
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
        writeClusters(x, output, cluster_column = cluster_column,
            n_cpus = n_cpus)
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
    own <- list(inflation = inflation, expansion = expansion)[given]
    mcl_params <- with_inflation(mcl_params, own, twice = TRUE)
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
