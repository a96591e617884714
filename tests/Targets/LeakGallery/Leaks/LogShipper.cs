using System.Collections.Concurrent;
using LeakGallery.Hosting;

namespace Operations.Logs;

internal readonly record struct LogLevel(int Value);

internal sealed record LogLine(LogLevel Level, string Text);

/// <summary>Lines wait here while the log server does not answer.</summary>
internal sealed class LogShipper : IProgram
{
    private static readonly ConcurrentQueue<LogLine> Buffer = new();

    public int RequestsPerSecond => 12000;

    public void Serve(int number) => Write(number); // allocates

    private static void Write(int number)
    {
        var text = $"request {number} was answered with status 200 after {number % 70} ms by handler Default of endpoint /orders/{{id}}"; // allocates
        Buffer.Enqueue(new LogLine(new LogLevel(number % 5), text)); // allocates
    }
}
