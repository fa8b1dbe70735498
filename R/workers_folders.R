# Folders of our own beside a store, for what workers and jobs answer. Each
# holds a record that names it: a folder is removed because the record says that
# it is ours, not because it is called like one, and of what is in it only what
# we put there.

task_folder_name <- "^(tasks|drawn)-[0-9a-f]{16}$"

make_task_folder <- function(parent, kind) {
    folder <- file.path(parent, paste0(kind, "-", cpp_new_identifier()))
    make_folder(folder)
    write_data(list(folder = basename(folder)), task_folder_record(folder),
        "folder")
    folder
}

task_folder_record <- function(folder) file.path(folder, "clustcr.txt")

is_task_folder <- function(folder) {
    if (is_link(folder)) return(FALSE)
    said <- tryCatch(read_data(task_folder_record(folder), "folder"),
        clustcr_error = function(e) NULL)
    identical(said, list(folder = basename(folder)))
}

# Answers and marks are called by number, and so are unfinished ones.
remove_task_folder <- function(folder) {
    if (!is_task_folder(folder)) return(invisible())
    parts <- file.path(folder, c("taken", "answers"))
    parts <- parts[dir.exists(parts) & !is_link(parts)]
    for (part in c(parts, folder)) {
        numbered <- grep("^[0-9]+([.][0-9]+-[0-9]+-[0-9]+[.]part)?$",
            list.files(part), value = TRUE)
        for (path in file.path(part, numbered)) remove_file_or_empty(path)
    }
    for (part in parts) remove_if_empty(part)
    rest <- setdiff(list.files(folder, all.files = TRUE, no.. = TRUE),
        basename(task_folder_record(folder)))
    if (!length(rest)) {
        unlink(task_folder_record(folder))
        remove_if_empty(folder)
    }
    invisible()
}

# What sessions that were killed have left in a directory that is to go. One
# that was killed before it could say whose the folder is has left it empty.
remove_task_folders <- function(directory) {
    folders <- list.files(directory, task_folder_name, full.names = TRUE)
    for (folder in folders[dir.exists(folders) & !is_link(folders)]) {
        remove_task_folder(folder)
        remove_if_empty(folder)
    }
}

register("beside", "task folders", remove_task_folders)
