# This process's memory in MB: "VmRSS" now, "VmHWM" at its peak.
megabytes <- function(what) {
    line <- grep(what, readLines("/proc/self/status"), value = TRUE)
    as.numeric(gsub("[^0-9]", "", line)) / 1024
}
