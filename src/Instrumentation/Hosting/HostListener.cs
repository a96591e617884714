using System.Diagnostics;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>
/// Learns that a host is being built, by the event from which Entity Framework's tools and <c>WebApplicationFactory</c> learn it
/// (HostBuilder.Build in dotnet/runtime). It is written inside of <c>Build()</c>, after the application has registered its services.
/// </summary>
internal sealed class HostListener(HostTakeover takeover) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Source = "Microsoft.Extensions.Hosting";
    private const string HostBuilding = "HostBuilding";

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == Source)
        {
            value.Subscribe(this, static name => name == HostBuilding);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == HostBuilding)
        {
            takeover.Prepare(value.Value);
        }
    }

    public void OnCompleted()
    {
        // A listener has gone; the next host brings its own.
    }

    public void OnError(Exception error)
    {
        // Never called by a DiagnosticListener.
    }
}
