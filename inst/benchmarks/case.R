# Rscript case.R name runs folder: runs one case and prints the seconds of each
# run, then the process's peak memory in MB.
args <- commandArgs(TRUE)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
source(file.path(here, "cases.R"))
case <- cases[[args[1]]]
for (i in seq_len(as.integer(args[2]))) {
    cat(suppressMessages(case$run(args[3])), "\n")
}
peak <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
cat(as.numeric(gsub("[^0-9]", "", peak)) / 1024, "\n")
