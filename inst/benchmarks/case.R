# Rscript case.R name runs folder: runs one case and prints the seconds of each
# run, then the process's peak memory in MB, and how much that is above R with
# the package loaded.
args <- commandArgs(TRUE)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
source(file.path(here, "cases.R"))
source(file.path(here, "memory.R"))
case <- cases[[args[1]]]
base <- megabytes("VmRSS")
for (i in seq_len(as.integer(args[2]))) {
    cat(suppressMessages(case$run(args[3])), "\n")
}
peak <- megabytes("VmHWM")
cat(peak, "\n")
cat(peak - base, "\n")
