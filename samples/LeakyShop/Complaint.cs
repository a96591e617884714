namespace Shop;

/// <summary>Says why the shop does not even start, and gives the exit status that goes with it.</summary>
internal static class Complaint
{
    public static int WrongUsage(UsageException problem)
    {
        Say(log => Log.WrongUsage(log, problem.Message));
        return 2;
    }

    private static void Say(Action<ILogger> line)
    {
        // Disposed at once: that is what makes the console logger write before the process ends.
        using var loggers = LoggerFactory.Create(logging => logging.AddShopConsole());
        line(loggers.CreateLogger("Shop"));
    }
}
