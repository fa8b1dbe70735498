# Cluster matrices and the published cohort.

# Clusters x samples; most values are zero, all clusters differ in how common
# they are.
random_clusters <- function(clusters, samples, seed, largest = 3) {
    withr::with_seed(seed, {
        common <- stats::runif(clusters, 0.01, 0.6)
        matrix(
            stats::rbinom(clusters * samples, largest, rep(common, samples)),
            clusters, samples
        )
    })
}

random_sheet <- function(samples, seed) {
    withr::with_seed(seed, data.frame(
        ill = sample(rep(c("no", "yes"), length.out = samples)),
        age = round(stats::rnorm(samples, 50, 12)),
        sex = sample(c("f", "m"), samples, replace = TRUE)
    ))
}

# The published matrix: list(x, status), x with a row for each clonotype.
covid_cohort <- function() {
    folder <- shared_path("data", "covid")
    read <- function(name) {
        utils::read.csv(gzfile(file.path(folder, name)), check.names = FALSE,
            colClasses = c(run = "character"))
    }
    counts <- read(paste0("significant_clone_matrix_fisher_fmba_TRB_top_500k_",
        "wo_leaks.csv.gz"))
    donors <- read("preprocessed_fmba_metadata_beta.csv.gz")
    run <- sub("[.].*", "", donors$run)
    list(
        x = t(as.matrix(stats::setNames(counts[-(1:2)],
            names(counts)[-(1:2)]))) |> `colnames<-`(counts$run),
        status = stats::setNames(donors$COVID_status, run),
        clonotypes = utils::read.csv(
            gzfile(file.path(folder, "covid_clonotypes.csv.gz"))
        )
    )
}
