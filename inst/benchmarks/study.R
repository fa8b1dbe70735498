# Rscript study.R FOLDER [PHENOTYPE ...]: the study of vignette("cohort-study")
# on a folder of repertoires with a sample sheet in it, such as `aging_lite` or
# `covid` of the shared data. PHENOTYPE: columns of the sheet; those of numbers
# are divided at their median (larger is the case), and tested as numbers, too.
# Each is tested by itself and with the others and the depth as covariates. The
# published COVID matrix is written out as a file for each donor first; its
# donors are also compared within sequencing runs, and by their HLA alleles.
# `CLUSTCR_REFERENCE`: a file of receptors with known antigens, for
# annotateClusters().
library(clustcr)
args <- commandArgs(TRUE)
if (!length(args)) stop("usage: Rscript study.R FOLDER [PHENOTYPE ...]")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))

seconds <- function(what, expression) {
    begin <- Sys.time()
    value <- force(expression)
    cat(sprintf("[%s: %.1f s]\n", what,
        as.numeric(difftime(Sys.time(), begin, units = "secs"))))
    value
}

# Of tcr-covid-classifier: 1,225 donors and the 567 clonotypes that differ
# between COVID and health, by the published test.
covid_files <- function(folder) {
    read <- function(pattern, ...) {
        utils::read.csv(gzfile(list.files(folder, pattern, full.names = TRUE)),
            check.names = FALSE, ...)
    }
    counts <- read("^significant_clone_matrix")
    donors <- read("^preprocessed_.*metadata")
    out <- tempfile("covid-")
    dir.create(out)
    sequences <- names(counts)[-(1:2)]
    values <- as.matrix(counts[-(1:2)])
    for (i in seq_len(nrow(counts))) {
        own <- values[i, ] > 0
        data.table::fwrite(
            data.frame(junction_aa = sequences[own],
                duplicate_count = values[i, own]),
            file.path(out, paste0(counts$run[i], ".tsv")), sep = "\t"
        )
    }
    own <- match(counts$run, sub("[.].*", "", donors$run))
    list(
        files = out,
        samples = data.frame(
            repertoire_id = as.character(counts$run),
            status = factor(donors$COVID_status[own], c("healthy", "COVID")),
            # All are of one project, sequenced in several runs.
            run_folder = donors$folder[own]
        ),
        hla = cbind(data.frame(repertoire_id = as.character(counts$run)),
            donors[own, grep("^HLA-", names(donors))])
    )
}

# Alleles of 10 carriers or more, each with each cluster; and COVID within
# sequencing runs.
test_donors <- function(x, sheet, hla, m) {
    alleles <- hlaAlleles(hla, grep("^HLA-", names(hla), value = TRUE),
        min_carriers = 10)
    cat("\n== HLA:", ncol(alleles), "alleles\n")
    found <- seconds("HLA, 1,000 shuffles", associateClusters(m, alleles,
        min_samples = 10, permutations = 1000, n_cpus = 2))
    print(found, n = 5)
    print(utils::head(clusterFamilies(found, x), 5), row.names = FALSE)
    cat("\n== COVID within sequencing runs\n")
    print(table(sheet$run_folder, sheet$status))
    print(seconds("strata, 1,000 shuffles", associateClusters(m, "status",
        strata = "run_folder", permutations = 1000, samples = sheet,
        n_cpus = 2)), n = 5)
}

# Two groups; their names say which is the case.
as_groups <- function(value) {
    if (!is.numeric(value) || length(unique(value)) <= 2) return(value)
    middle <- stats::median(value, na.rm = TRUE)
    factor(value > middle, c(FALSE, TRUE), paste(c("at most", "above"), middle))
}

test_phenotype <- function(x, sheet, name, others) {
    cat("\n==", name, "\n")
    sheet$phenotype_ <- as_groups(sheet[[name]])
    found <- seconds("Fisher, 1,000 shuffles", associateClusters(
        clusterMatrix(x, "presence", "matrix"), "phenotype_",
        permutations = 1000, samples = sheet, n_cpus = 2
    ))
    print(found, n = 5)
    covariates <- c("log(depth)", others)
    cat("\nLogistic regression with", covariates, "\n")
    adjusted <- seconds("logistic, 20 shuffles", associateClusters(
        clusterMatrix(x, as = "matrix"), "phenotype_", "logistic",
        stats::reformulate(covariates), permutations = 20,
        samples = sheet, n_cpus = 2
    ))
    print(adjusted, n = 5)
    if (is.numeric(sheet[[name]]) && length(unique(sheet[[name]])) > 2) {
        for (depth in c("none", "covariate")) {
            cat("\nRank correlation, depth:", depth, "\n")
            print(seconds("Spearman, 1,000 shuffles", associateClusters(
                clusterMatrix(x, as = "matrix"), name, "spearman",
                permutations = 1000, samples = sheet, depth = depth,
                n_cpus = 2)), n = 5)
        }
    }
    invisible(found)
}

covid <- length(list.files(args[1], "^significant_clone_matrix")) == 1
input <- if (covid) covid_files(args[1]) else list(files = args[1])
x <- seconds("files to clusters", if (covid) {
    # As published: components, without genes, clonotypes alone too.
    clusterRepertoires(input$files, input$samples, method = "components",
        v_gene = "none", singletons = TRUE, n_cpus = 2)
} else {
    clusterRepertoires(input$files, n_cpus = 2)
})
print(x)

sheet <- clusterSamples(x)
counted <- clusterAudit(x)
sheet$depth <- counted$accepted[match(sheet$repertoire_id,
    counted$repertoire_id)]
if (!covid && length(args) == 1) {
    stop("name columns of the sheet: ", toString(names(sheet)))
}
wanted <- if (covid) "status" else args[-1]
m <- seconds("cluster matrix", clusterMatrix(x))
print(m)
public <- seconds("public clusters", publicClusters(x))
cat("\nClusters by the number of samples:\n")
print(table(cut(public$n_samples, c(0, 1, 2, 5, 10, 20, Inf),
    c("1", "2", "3-5", "6-10", "11-20", "more"))))
print(utils::head(public[order(-public$n_samples, -public$size), ], 5),
    row.names = FALSE)
for (name in wanted) {
    found <- test_phenotype(x, sheet, name, setdiff(wanted, name))
}

if (covid) test_donors(x, sheet, input$hla, clusterMatrix(x, "presence",
    "matrix"))

golden <- file.path(Sys.getenv("CLUSTCR_SHARED"), "golden",
    "covid_trb_association.tsv")
if (covid && file.exists(golden)) {
    golden <- utils::read.delim(golden)
    members <- as.data.frame(x)
    first <- vapply(split(members$junction_aa, members$cluster), function(own) {
        sort(own, method = "radix")[1]
    }, "")
    at <- match(golden$first_junction_aa, first)
    cat("\nAgainst the published test of", nrow(golden), "clusters:",
        sum(!is.na(at)), "found;", sum(found$n_case[at] == golden$covid_donors &
            found$n_control[at] == golden$healthy_donors),
        "with its donors; largest relative difference of p-values",
        format(max(abs(found$p_value[at] / golden$fisher_p - 1))), "\n")
}

reference <- Sys.getenv("CLUSTCR_REFERENCE")
if (nzchar(reference)) {
    cat("\n== Antigens\n")
    print(seconds("antigens", annotateClusters(x,
        readAntigenReference(reference), v_gene = if (covid) "none" else "gene",
        n_cpus = 2)), n = 5)
}
if (!covid) {
    cat("\n== MCL against components\n")
    other <- suppressMessages(clusterRepertoires(input$files,
        method = "components", n_cpus = 2))
    print(compareClusterings(x, other))
}
