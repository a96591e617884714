using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A service with the package, as a team would write it. Arguments: --slow-start SECONDS, --slow-stop SECONDS, --listen.
// Lines: "building PID" before the host is built, "starting" and "stopping" where a slow service holds the host up,
// with --listen "span NAME STATUS" for every span of HeapDrift that ends, and at last "ended".

Console.WriteLine($"building {Environment.ProcessId}");
if (args.Contains("--listen"))
{
    ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = source => source.Name.StartsWith("HeapDrift"),
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = span => Console.WriteLine($"span {span.OperationName} {span.Status}"),
    });
}

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
builder.Services.AddHeapDrift();
builder.Services.AddHostedService(_ => new SlowService(NumberAfter("--slow-start"), NumberAfter("--slow-stop")));
await builder.Build().RunAsync();
Console.WriteLine("ended");

TimeSpan NumberAfter(string option)
{
    var at = Array.IndexOf(args, option);
    return TimeSpan.FromSeconds(at < 0 ? 0 : double.Parse(args[at + 1]));
}

internal sealed class SlowService(TimeSpan start, TimeSpan stop) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine("starting");
        return Task.Delay(start, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine("stopping");
        return Task.Delay(stop, cancellationToken);
    }
}
