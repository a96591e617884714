using HeapDrift.Collector.Export;
using Microsoft.Extensions.Hosting;

namespace HeapDrift.Collector.Agent;

/// <summary>Runs the backlog while the agent runs.</summary>
internal sealed class DeliveryService(DeliveryBacklog backlog) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => backlog.RunAsync(stoppingToken);
}
