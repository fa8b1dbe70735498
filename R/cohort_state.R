# What a cohort's directory remembers besides the store, in its folder cohort/:
#
#   arguments.tsv  the arguments that clusters depend on
#   files.tsv      the files that are in the store, a row for each
#   clusters.txt   the RepertoireClusters of the last finished run
#   staged-*.txt   what a worker has read of a file that is not in the store yet
#   drawn-*/       what workers have drawn of files for training
#   made           there where the directory itself was made for it
#   lock           held by the call that is at work
#
# All are text that ends with its check (base_files.R, base_data.R): what
# others may put there can be wrong, but never runs. clustcr 0.2.0 kept objects
# of R there (*.rds), which are not read.

check_cohort_folder <- function(directory) {
    if (dir.exists(cohort_path(directory, ""))) return(invisible())
    raise_error("gone", paste0("the folder '", directory, "' was removed ",
        "while it was worked in"))
}

# The table `inside` with a row more, or another in its place.
remember_file <- function(directory, inside, row) {
    inside <- inside[inside$store == row$store &
        inside$repertoire_id != row$repertoire_id, ]
    inside <- rbind(inside, as.data.frame(row)[names(no_files_in)])
    write_checked(inside, cohort_path(directory, "files.tsv"))
    inside
}

# Refuses arguments that differ from those of the call before.
check_arguments <- function(directory, arguments) {
    path <- cohort_path(directory, "arguments.tsv")
    now <- vapply(arguments, deparse1, "", control = c("keepNA", "digits17"))
    before <- read_checked(path)
    if (is.null(before)) {
        return(write_checked(
            data.frame(name = names(now), value = unname(now)), path
        ))
    }
    was <- stats::setNames(before$value, before$name)
    later <- vapply(parameter_defaults(parameters_of(since = "0.3.0")),
        deparse1, "")
    now <- c(now, later[setdiff(names(later), names(now))])
    was <- c(was, later[setdiff(names(later), names(was))])
    if (!setequal(names(was), names(now))) {
        raise_error("newer_format", paste0(
            "'", directory, "' was written by another version of clustcr, ",
            "with other arguments"
        ))
    }
    changed <- names(now)[was[names(now)] != now]
    if (length(changed)) {
        name <- changed[1L]
        bad_argument("`", name, "` must be ", was[[name]],
            ", as it was when '", directory, "' was begun, not ",
            now[[name]], "; name another `directory` for other clusters",
            if (is_open(name)) paste0(", or cluster what is read ",
                "again by Clustering(directory = , ", name, " = )"))
    }
    invisible(path)
}
