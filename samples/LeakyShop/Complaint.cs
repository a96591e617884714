using System.Net.Sockets;

namespace Shop;

/// <summary>Says why the shop does not even start, and gives the exit status that goes with it.</summary>
internal static class Complaint
{
    public static int WrongUsage(UsageException problem)
    {
        Say(log => Log.WrongUsage(log, problem.Message));
        return 2;
    }

    public static int CannotListen(string url, SocketException problem)
    {
        Say(log => Log.CannotListen(log, url, problem.Message));
        return 1;
    }

    private static void Say(Action<ILogger> line)
    {
        // Disposed at once: that is what makes the console logger write before the process ends.
        using var loggers = LoggerFactory.Create(logging => logging.AddShopConsole());
        line(loggers.CreateLogger("Shop"));
    }
}
