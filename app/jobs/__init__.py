"""Background work: the queue carries numbers of jobs, workers run the tasks these name, schedules keep time."""
