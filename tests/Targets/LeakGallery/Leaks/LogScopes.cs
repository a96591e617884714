using LeakGallery.Hosting;

namespace Logging.Scopes;

internal sealed class LogScope(LogScope? parent, string[] properties)
{
    public LogScope? Parent => parent;

    public int Depth => properties.Length;
}

internal static class LogContext
{
    private static readonly AsyncLocal<LogScope?> Current = new();

    public static void Push(int number)
    {
        var properties = new string[60]; // allocates
        properties[0] = "request";
        Current.Value = new LogScope(Current.Value, properties); // allocates
    }
}

internal sealed class MessagePump : IProgram
{
    public int RequestsPerSecond => 8000;

    public void Serve(int number) => LogContext.Push(number); // allocates
}
