test_that("a misspelt argument gets the nearest name, at every entrance", {
    x <- Clustering(method = "mcl")$fit(c("CASSF", "CATSF"))
    refused <- function(call, name) {
        expect_error(call, paste0("did you mean `", name, "`"), fixed = TRUE,
            class = "clustcr_error_invalid_argument")
    }
    file <- tempfile()
    refused(Clustering(vgene = "gene"), "v_gene")
    refused(methods::new("Clustering", metod = "mcl"), "method")
    refused(clusterRepertoires(file, vgene = "gene"), "v_gene")
    refused(clusterRepertoires(cohort_folder(), maxDistance = 1),
        "max_distance")
    refused(clusterRepertoires(cohort_folder(), threads = 2), "n_cpus")
    refused(Clustering(method = "mcl", directory = withr::local_tempdir())$
        batch_precluster_files(cohort_files()[1], product = TRUE),
        "productive")
    refused(assignClusters(x, "CASSF", ncpus = 1), "n_cpus")
    refused(writeClusters(x, tempfile(), colums = "n_samples"), "columns")
    refused(writeClusters(x, tempfile(), saffe = TRUE), "safe")
    refused(as.data.frame(x, column = "n_samples"), "columns")
    refused(compareSettings("CASSF", jgene = "gene"), "j_gene")
    expect_error(clusterMembers(x, 1, sample = "a"), "no argument `sample`")
    expect_error(clusterAudit(x, edges = TRUE), "no argument `edges`")
    skip_without("igraph", "reactable", "visNetwork")
    refused(plotNetwork(x, vgene = "gene"), "v_gene")
    refused(asIgraph(x, max_dist = 1), "max_distance")
    refused(plotBorders(x, distanse = "hamming"), "distance")
    refused(exploreClusters(x, tempfile(), associations = 1), "association")
})

test_that("names are near by spelling, beginning, or what others call them", {
    known <- c("v_gene", "j_gene", "n_cpus", "memory_limit", "mcl_params",
        "max_distance", "distance", "seed")
    near <- c(vgene = "v_gene", V_GENE = "v_gene", v.gene = "v_gene",
        jgene = "j_gene", ncpu = "n_cpus", cores = "n_cpus",
        memory = "memory_limit", mcl_parms = "mcl_params",
        dist = "distance", maxdist = "max_distance", sed = "seed")
    for (name in names(near)) {
        expect_identical(nearest_name(name, known), near[[name]])
    }
    for (name in c("colour", "height", "x")) {
        expect_null(nearest_name(name, known))
    }
    expect_null(nearest_name("v_gene", character()))
    expect_error(refuse_arguments(list(1), "f()", "a"), "without a name")
    expect_error(refuse_arguments(list(a = 1, a = 2), "f()", "a"), "twice")
    expect_identical(refuse_arguments(list(a = 1), "f()", "a"), list(a = 1))
    expect_error(refuse_arguments(list(height = 1), "f()", c("a", "b")),
        "it has `a`, `b`", fixed = TRUE)
})

test_that("inflation by itself is that of mcl_params, with the same checks", {
    expect_identical(Clustering(inflation = 3)$mcl_params, c(3, 2))
    expect_identical(Clustering(expansion = 4)$mcl_params, c(1.2, 4))
    expect_identical(methods::new("Clustering", inflation = 2,
        expansion = 3)$mcl_params, c(2, 3))
    for (wrong in list(1, "2", c(2, 3), NA_real_)) {
        expect_error(Clustering(inflation = wrong), "`inflation`",
            class = "clustcr_error_invalid_argument")
    }
    expect_error(Clustering(expansion = 2.5), "`expansion`",
        class = "clustcr_error_invalid_argument")
    expect_error(Clustering(inflation = 2, mcl_params = c(2, 2)), "not both",
        class = "clustcr_error_invalid_argument")
    files <- write_cohort(random_cohort(2, 60, 1))
    table <- function(...) {
        as.data.frame(suppressMessages(clusterRepertoires(files, ...)))
    }
    expect_identical(table(inflation = 4), table(mcl_params = c(4, 2)))
    x <- suppressMessages(clusterRepertoires(files, inflation = 4))
    expect_identical(clusterParameters(x)$mcl_params, c(4, 2))
    expect_error(clusterRepertoires(files, inflation = 2, mcl_params = c(2,
        2)), "not both", class = "clustcr_error_invalid_argument")
    expect_error(clusterRepertoires(files, inflation = 0.5), "`inflation`",
        class = "clustcr_error_invalid_argument")
})

test_that("packages are advised from where they are", {
    suggested <- utils::packageDescription("clustcr")$Suggests
    suggested <- sub("[ (\n].*", "", trimws(strsplit(suggested, ",")[[1]]))
    for (name in suggested) {
        about <- suppressWarnings(utils::packageDescription(name))
        if (!is.list(about)) next
        expect_identical(!is.null(about$biocViews),
            name %in% bioconductor_packages, info = name)
    }
    expect_true(all(bioconductor_packages %in% suggested))
    without_package("SummarizedExperiment")
    expect_error(clusterMatrix(Clustering(method = "mcl")$fit(c("CASSF",
        "CATSF")), as = "SummarizedExperiment"),
        "BiocManager::install(\"SummarizedExperiment\")", fixed = TRUE,
        class = "clustcr_error_missing_package")
    without_package("ggplot2")
    expect_error(plotAudit(1), ": install.packages(\"ggplot2\")", fixed = TRUE,
        class = "clustcr_error_missing_package")
})

test_that("folders of folders and broken files get the call that works", {
    folder <- withr::local_tempdir()
    tables <- random_cohort(2, 30, 1)
    below <- withr::local_tempdir()
    dir.create(file.path(below, "run"))
    write_cohort(tables, file.path(below, "run"))
    text <- tryCatch(clusterRepertoires(below), error = conditionMessage)
    call <- sub(".*(list[.]files.*[)])[)]$", "\\1", text)
    expect_length(eval(str2lang(call)), 2)
    expect_error(readRepertoire(folder), "lapply(list.files(", fixed = TRUE,
        class = "clustcr_error_io")
    expect_error(clusterRepertoires(withr::local_tempdir()), "has none$",
        class = "clustcr_error_invalid_argument")
    files <- write_cohort(tables, withr::local_tempdir())
    writeLines(c("a,b", "1,2"), files[2])
    expect_error(suppressMessages(clusterRepertoires(files)),
        "on_error = \"skip\"", class = "clustcr_error_format")
    expect_warning(x <- suppressMessages(clusterRepertoires(files,
        on_error = "skip")), "left out")
    expect_identical(nrow(clusterSamples(x)), 1L)
    # A pattern may match folders as well as files.
    writeLines(readLines(files[1]), files[2])
    expect_identical(clusterSamples(suppressMessages(clusterRepertoires(
        file.path(
        dirname(dirname(files[1])), paste0(basename(dirname(files[1])),
            "*")))))$file, clusterSamples(suppressMessages(clusterRepertoires(
        dirname(files[1]))))$file)
})
