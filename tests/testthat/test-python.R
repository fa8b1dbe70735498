# What vignette("python") says, with the Python of its page.

# A python3 that has a module, or "".
python_with <- function(module) {
    candidates <- unique(c(Sys.which("python3"), "/usr/bin/python3"))
    for (python in candidates[file.exists(candidates)]) {
        status <- suppressWarnings(system2(python, c("-c",
            shQuote(paste("import", module))), stdout = FALSE,
            stderr = FALSE))
        if (status == 0) return(python)
    }
    ""
}

skip_without_python <- function(module = "pandas") {
    python <- python_with(module)
    skip_if(python == "", paste("There is no python3 with", module))
    python
}

run_python <- function(python, code, folder) {
    script <- file.path(folder, "script.py")
    writeLines(code, script)
    withr::local_dir(folder)
    said <- suppressWarnings(system2(python, script, stdout = TRUE,
        stderr = TRUE))
    status <- attr(said, "status")
    expect_true(is.null(status), info = paste(said, collapse = "\n"))
    said
}

# The Python of the page, a string for each chunk.
page_chunks <- function() {
    page <- "../../vignettes/python.Rmd"
    skip_if_not(file.exists(page), "The page is not beside the tests")
    lines <- readLines(page)
    begin <- which(lines == "```python")
    vapply(begin, function(at) {
        end <- at + which(lines[-seq_len(at)] == "```")[1L]
        paste(lines[(at + 1L):(end - 1L)], collapse = "\n")
    }, "")
}

# Two files, for one that is named twice is read once.
two_donors <- function(folder) {
    file <- system.file("extdata", "cells",
        "filtered_contig_annotations.csv.gz", package = "clustcr")
    files <- file.path(folder, c("1.csv.gz", "2.csv.gz"))
    file.copy(file, files)
    suppressMessages(clusterRepertoires(
        c(donor_1 = files[1L], donor_2 = files[2L]),
        chain = "B", v_gene = "gene"))
}

test_that("pandas reads the table of clusters, and R what pandas writes", {
    python <- skip_without_python()
    chunks <- page_chunks()
    folder <- withr::local_tempdir()
    x <- two_donors(folder)
    writeClusters(x, file.path(folder, "clusters.tsv.gz"))
    said <- run_python(python, c(chunks[1L],
        "print([str(clusters[x].dtype) for x in clusters])",
        "print(list(sizes))", chunks[4L], chunks[5L]), folder)
    table <- as.data.frame(x, columns = c("duplicate_count", "n_samples"))
    expect_identical(said[1L], paste0("['object', 'object', 'int64', ",
        "'int64', 'int64', 'int64']"))
    expect_identical(said[2L], paste0("[", paste(table(table$cluster),
        collapse = ", "), "]"))
    # And back.
    others <- utils::read.delim(file.path(folder, "others.tsv"))
    expect_equal(others, table, ignore_attr = TRUE)
    expect_equal(clusterSummary(others)$size, clusterSummary(x)$size)
    receptors <- suppressMessages(readRepertoire(file.path(folder,
        "receptors.tsv")))
    expect_identical(receptors$junction_aa, c("CASSLGQAYEQYF",
        "CASSPGQAYEQYF", "CASRRGTEAFF"))
    expect_identical(receptors$v_call, c("TRBV7-9", "TRBV7-9", ""))
})

# A cell's cluster as pairChains() and the table of clusters give it.
clusters_of_cells <- function(x) {
    members <- as.data.frame(x)
    tables <- lapply(seq_len(nrow(x@samples)), function(i) {
        id <- x@samples$repertoire_id[i]
        cells <- suppressMessages(pairChains(readRepertoire(
            x@samples$file[i], repertoire_id = id)))
        at <- match(paste(cells$junction_aa_beta, cells$v_call_beta),
            paste(members$junction_aa, members$v_call))
        data.frame(cell = paste0(cells$cell_id, "_", id),
            cluster = members$cluster[at])
    })
    do.call(rbind, tables)
}

test_that("the cells of an AnnData object get their clusters", {
    python <- python_with("anndata")
    anndata <- python != ""
    if (!anndata) python <- skip_without_python()
    chunks <- page_chunks()
    folder <- withr::local_tempdir()
    x <- two_donors(folder)
    writeClusters(x, file.path(folder, "airr"), "airr",
        cluster_column = "clone_id")
    expected <- clusters_of_cells(x)
    expect_gt(sum(!is.na(expected$cluster)), 20)
    writeLines(c(expected$cell, "none_donor_1"), file.path(folder, "cells"))
    # Without anndata something that has obs stands in for it.
    object <- c("cells = open('cells').read().split('\\n')[:-1]",
        "obs = pd.DataFrame(index=cells)", if (anndata) {
            c("import anndata, numpy",
                "x = numpy.zeros((len(cells), 1), dtype=numpy.float32)",
                "adata = anndata.AnnData(x, obs)")
        } else {
            c("class Adata: pass", "adata = Adata()", "adata.obs = obs")
        })
    after <- "adata.obs['cluster'].to_csv('obs.csv')"
    if (anndata) {
        after <- c("adata.write_h5ad('a.h5ad')",
            "adata = anndata.read_h5ad('a.h5ad')", after)
    }
    run_python(python, c(chunks[2L], object, chunks[3L], after), folder)
    obs <- utils::read.csv(file.path(folder, "obs.csv"), row.names = 1)
    expect_identical(obs$cluster, c(expected$cluster, NA))
})

test_that("pandas reads Parquet", {
    python <- skip_without_python("pyarrow, pandas")
    skip_if_not(has_package("arrow") || has_package("nanoparquet"),
        "Neither arrow nor nanoparquet is installed")
    folder <- withr::local_tempdir()
    x <- two_donors(folder)
    writeClusters(x, file.path(folder, "clusters.parquet"))
    run_python(python, c("import pandas as pd",
        "x = pd.read_parquet('clusters.parquet')",
        "x.to_csv('x.tsv', sep='\\t', index=False)"), folder)
    expect_equal(utils::read.delim(file.path(folder, "x.tsv")),
        as.data.frame(x, columns = c("duplicate_count", "n_samples")),
        ignore_attr = TRUE)
})
