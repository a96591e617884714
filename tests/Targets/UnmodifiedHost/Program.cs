// A service that knows nothing of HeapDrift.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
var app = builder.Build();
app.MapPost("/leak/{count:int}", (int count) =>
{
    for (var at = 0; at < count; at++)
    {
        Targets.Forgotten.Visits.Add(new Targets.Visit { Notes = new byte[200] });
    }
});
app.Run();

namespace Targets
{
    internal static class Forgotten
    {
        public static readonly List<Visit> Visits = [];
    }

    internal sealed class Visit
    {
        public byte[]? Notes { get; set; }
    }
}
