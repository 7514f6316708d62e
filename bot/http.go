package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"liaison/bot/chat"
)

// Bounds of the HTTP server: a slow or endless client costs others nothing. Bodies are bounded where
// they are read.
const (
	headerTime  = 5 * time.Second
	bodyTime    = 10 * time.Second
	idleTime    = 2 * time.Minute
	headerBytes = 32 << 10
	closeTime   = 10 * time.Second
)

// httpServer serves the adapters that take events over HTTP at an address, until ctx ends.
type httpServer struct {
	listener net.Listener
	server   *http.Server
	log      *slog.Logger
}

// listen opens the address; its error says what to do.
func listen(ctx context.Context, address string, adapters []chat.Adapter, log *slog.Logger) (*httpServer, error) {
	mux := http.NewServeMux()
	for _, adapter := range adapters {
		if served, ok := adapter.(httpServed); ok {
			mux.Handle("/"+adapter.Name()+"/", served.Handler())
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("HTTP_ADDR %s cannot be listened at (%w): choose another port, or stop what uses it", address, err)
	}
	return &httpServer{listener, &http.Server{
		Handler: mux, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: bodyTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}, log}, nil
}

// run serves until ctx ends; requests under way are finished.
func (s *httpServer) run(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		if err := s.server.Shutdown(closing); err != nil {
			s.log.Warn("requests under way were cut off", slog.Any("error", err))
		}
	})
	defer stop()
	s.log.Info("listening for events over HTTP", slog.String("address", s.listener.Addr().String()))
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		s.log.Error("events over HTTP are no longer taken", slog.Any("error", err))
	}
}
