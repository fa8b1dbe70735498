# Rscript studies.R FOLDER [runs]: all that is measured of statistics, one after
# the other: association.R (designs only), prediction.R and receptors.R, each at
# its full size. FOLDER keeps the cohort that receptors.R clusters. Medians of
# 5 runs.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
args <- commandArgs(TRUE)
if (!length(args)) stop("Rscript studies.R FOLDER [runs]")
runs <- if (is.na(args[2])) "5" else args[2]
scripts <- list(
    association.R = c("1e6", "1000", "100", runs),
    prediction.R = c("2e5", "600", "20", runs),
    receptors.R = c(args[1], "5e6", "1000", runs)
)
dir.create(args[1], showWarnings = FALSE, recursive = TRUE)
for (script in names(scripts)) {
    cat("\n", script, " ", paste(scripts[[script]], collapse = " "), "\n",
        sep = "")
    failed <- system2(file.path(R.home("bin"), "Rscript"),
        c(file.path(here, script), scripts[[script]]),
        env = "CLUSTCR_ASSOCIATION=designs")
    if (failed) quit(status = 1L)
}
